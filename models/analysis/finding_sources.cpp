// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/finding_sources.h"

#include "models/analysis/diagnostic_finding.h"
#include "models/analysis/upstream_target.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

// "modes": the kinds of this mesh that decide them; "targets": Mappings whose Service is there; "names": Mappings whose
// upstream may be a Service; "secret names": Hosts and TLSContexts that name a Secret; "unreached": Mappings of which it is open
// whether anything leads to them; "context names": objects that name a TLSContext which was not read.
struct Source
{
    const char *codes;
    const char *about;  // plurals of the objects that have such findings, or of one of the above
    const char *needed; // plurals by which those are judged, each of them
};

const Source sources[] = {
    {"RT-004", "unreached", "listeners hosts"},
    {"TLS-001", "context names", "tlscontexts"},
    {"RT-006 RT-007", "names", "services"},
    {"RT-008 RT-009", "targets", "pods services"},
    {"MT-019", "services", "pods"},
    {"GD-008",
     "mutatingwebhookconfigurations validatingwebhookconfigurations customresourcedefinitions apiservices",
     "pods services"},
    {"TLS-002 TLS-005", "secret names", "secrets"},
    {"CERT-001 CERT-002 CERT-003 CERT-004 CERT-005 CERT-007 CERT-008 CERT-009 CERT-010 CERT-013 CERT-014 "
     "CERT-015",
     "secrets", ""},
    {"CERT-006", "configmaps", ""},
    {"MT-001 MT-002 MT-003 MT-004 MT-005", "targets", "pods services modes"},
    {"MT-016", "services", "pods modes"},
    {"MT-010 MT-011", "modes", ""},
    {"MT-031", "policies", "services"},
    {"MT-012 MT-013 MT-015 MT-018 MT-021 MT-022 MT-023", "pods", "modes"},
    {"MT-014 MT-030", "destinationrules", "pods services modes"},
    {"MT-017", "mutatingwebhookconfigurations validatingwebhookconfigurations", "pods services modes"},
    {"MT-026", "authorizationpolicies", "pods"},
    {"MT-029 GD-010", "pods", ""},
    {"GD-011", "deployments", ""},
    {"OBS-002", "deployments", "pods"},
    {"OBS-005", "deployments", "services"},
};

// Of a Mapping's way to its service, which is not looked at where nothing may lead to the Mapping.
const char ofUpstreams[] = "RT-006 RT-007 RT-008 RT-009 RT-024 MT-001 MT-002 MT-003 MT-004 MT-005";

constexpr QLatin1StringView
    NotGiven("were not read"); // as Snapshot::whyUnknown() says it of what nobody has asked for

struct Given // of what stands in the Mappings, Hosts and TLSContexts of an edge
{
    QStringList names; // upstreams of which it is not known whether they are Services
    bool hasTargets = false, hasSecretNames = false, hasUnreached = false, hasContextNames = false;
};

Given givenIn(const Snapshot &snapshot, const EdgeView &view)
{
    Given given;
    QSet<QString> names;
    EffectiveModes modes(snapshot);
    for (const auto &verdict : view.mappings) {
        given.hasUnreached = given.hasUnreached || verdict->state == MappingVerdict::State::Unknown;
        if (verdict->upstreamHost.isEmpty())
            continue;
        const auto kind = resolveUpstream(snapshot, verdict->upstreamHost, verdict->upstreamPort,
                                          view.installation.ambassadorNamespace, modes)
                              .kind;
        if (kind == UpstreamTarget::Kind::Unknown)
            names.insert(verdict->upstreamHost);
        given.hasTargets = given.hasTargets || kind == UpstreamTarget::Kind::Service;
    }
    if (view.table) {
        const std::vector<edge::Diagnostic> &all = view.table->config().diagnostics;
        given.hasContextNames = std::any_of(all.begin(), all.end(), [&snapshot](const auto &diagnostic) {
            return isOfUnknownContext(snapshot, diagnostic);
        });
    }
    given.names = names.values();
    given.names.sort();
    given.hasSecretNames = std::any_of(
        snapshot.ambassadorObjects.begin(), snapshot.ambassadorObjects.end(), [](const edge::Value &object) {
            return !object.at({"spec", "tlsSecret", "name"}).text().empty()
                || (object["kind"].text() == "TLSContext" && !object.at({"spec", "secret"}).text().empty());
        });
    return given;
}

QString pluralOf(const Snapshot &snapshot, const QString &token)
{
    return token == "modes"_L1 ? snapshot.modesPlural() : token;
}

bool isGiven(const Snapshot &snapshot, const Given &given, const QString &about)
{
    if (about == "names"_L1)
        return !given.names.isEmpty();
    if (about == "targets"_L1)
        return given.hasTargets;
    if (about == "unreached"_L1)
        return given.hasUnreached;
    if (about == "context names"_L1)
        return given.hasContextNames;
    if (about == "secret names"_L1)
        return given.hasSecretNames;
    const QStringList tokens = about.split(u' ');
    return std::any_of(tokens.begin(), tokens.end(), [&](const QString &token) {
        return snapshot.kindsRead.contains(pluralOf(snapshot, token));
    });
}

// Why that kind could not be read, or not everywhere; "" it was, or nobody has given any.
QString whyRefused(const Snapshot &snapshot, const QString &plural)
{
    const bool isRefused = (snapshot.unavailable.contains(plural) && !snapshot.isAbsent(plural))
        || snapshot.onlyIn.contains(plural);
    return isRefused ? snapshot.whyUnknown(plural) : QString();
}

QStringList tokensOf(const char *list) { return QString::fromLatin1(list).split(u' ', Qt::SkipEmptyParts); }

QStringList whyUnjudged(const Snapshot &snapshot, const Given &given, const Source &source)
{
    const QString about = QString::fromLatin1(source.about);
    const bool someGiven = isGiven(snapshot, given, about);
    QStringList why;
    for (const QString &token : tokensOf(source.about))
        why.append(whyRefused(snapshot, pluralOf(snapshot, token)));
    for (const QString &token : tokensOf(source.needed)) {
        const QString plural = pluralOf(snapshot, token);
        if (someGiven && !snapshot.isAbsent(plural))
            why.append(snapshot.whyUnknown(plural));
        else
            why.append(whyRefused(snapshot, plural));
    }
    if (about == "names"_L1 && someGiven && snapshot.knows(u"services"_s))
        why.append(u"namespaces were not read, so whether %1 is a Service's name is not known"_s.arg(
            given.names.join(u", "_s)));
    if ((about == "unreached"_L1 || about == "context names"_L1) && snapshot.edges.isEmpty()) {
        why.removeAll(QString());
        if (!why.isEmpty())
            why.last() += u", and no edge is among these objects; name where they stand by another -f"_s;
    }
    why.removeAll(QString());
    why.removeDuplicates();
    return why;
}

} // namespace

QHash<QString, QString> unjudgedCodes(const Snapshot &snapshot, const EdgeView &view)
{
    const Given given = givenIn(snapshot, view);
    QHash<QString, QString> all;
    for (const Source &source : sources) {
        const QStringList why = whyUnjudged(snapshot, given, source);
        for (const QString &code : tokensOf(source.codes)) {
            if (!why.isEmpty())
                all.insert(code, why.join(u"; "_s));
        }
    }
    const QString whyUnreached = given.hasUnreached ? all.value(u"RT-004"_s) : QString();
    for (const QString &code : whyUnreached.isEmpty() ? QStringList() : tokensOf(ofUpstreams)) {
        QString &why = all[code];
        why = why.isEmpty() ? whyUnreached : whyUnreached + u"; "_s + why;
    }
    return all;
}

QStringList unjudgedReasons(const QHash<QString, QString> &unjudged)
{
    QMap<QString, QStringList> codes; // by reason
    for (auto one = unjudged.begin(); one != unjudged.end(); ++one) {
        if (one.value().contains(NotGiven))
            codes[one.value()].append(one.key());
    }
    QStringList reasons;
    for (auto one = codes.begin(); one != codes.end(); ++one) {
        one->sort();
        reasons.append(u"%1: %2"_s.arg(one.key(), one->join(u", "_s)));
    }
    return reasons;
}

} // namespace models
