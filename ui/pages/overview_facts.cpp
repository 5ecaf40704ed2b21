// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/overview_facts.h"

#include "models/analysis/edge_view.h"
#include "models/items/rows.h"
#include "ui/namespace_scope.h"
#include "ui/time_text.h"

#include <QCoreApplication>
#include <QLocale>
#include <QMap>

using namespace Qt::StringLiterals;

namespace ui {

using models::Severity;

namespace {

struct FactText
{
    Q_DECLARE_TR_FUNCTIONS(OverviewPage)
};

// A number of what was read; in its place that it is not known, and why, where it was not.
Fact known(const models::Snapshot &snapshot, const QString &plural, const QString &name, const QString &value,
           const QString &toolTip = {}, const QString &link = {})
{
    const QString why = snapshot.whyUnknown(plural);
    if (const QString only = snapshot.onlyIn.value(plural); !only.isEmpty())
        return {name, FactText::tr("%1 in %2").arg(value, only), why, link};
    if (snapshot.kindsRead.contains(plural))
        return {name, value, why.isEmpty() ? toolTip : why, link};
    return {name, snapshot.isAbsent(plural) ? FactText::tr("not installed") : FactText::tr("not known"), why};
}

// Of what is asked of the whole cluster: read in one namespace, it is not known.
Fact knownOfAll(const models::Snapshot &snapshot, const QString &plural, const QString &name,
                const QString &value, const QString &toolTip = {}, const QString &link = {})
{
    return snapshot.onlyIn.contains(plural)
        ? Fact{name, FactText::tr("not known"), snapshot.whyUnknown(plural)}
        : known(snapshot, plural, name, value, toolTip, link);
}

// What followed() of a fact says: the page, and what it is asked to go to.
QString linkTo(const QString &page, const QString &target = {}) { return page + u'\n' + target; }

QString numberText(int number) { return QLocale().toString(number); }

QString partText(int part, int all)
{
    return FactText::tr("%1 of %2").arg(numberText(part), numberText(all));
}

// What the objects alone say is never said of a pod.
QString loadedText(const models::MappingTally &tally)
{
    const QString loaded = partText(tally.loaded + tally.configOnly, tally.all);
    if (tally.configOnly == 0)
        return loaded;
    return tally.wasAsked ? FactText::tr("%1 (config only)").arg(loaded)
                          : FactText::tr("%1 (not read yet)").arg(loaded);
}

// As many as the page Routing lists with the filter.
QList<Fact> mappingFacts(const models::Snapshot &snapshot, const models::MappingTally &tally)
{
    const auto fact = [&snapshot](const QString &name, const QString &value, const QString &filter,
                                  const QString &toolTip = {}) {
        return known(snapshot, u"mappings"_s, name, value, toolTip, linkTo(u"routing"_s, filter));
    };
    const bool isRead = tally.configOnly == 0;
    QList<Fact> facts{
        fact(FactText::tr("Mappings loaded"), loadedText(tally),
             isRead ? u"status:/^loaded$/"_s : u"status:/^loaded$|config.only|^not.read.yet$/"_s,
             isRead               ? FactText::tr("Seen in a pod of the edge")
                 : tally.wasAsked ? FactText::tr("As their objects say: no pod of the edge could be read")
                                  : FactText::tr("As their objects say: no pod of the edge was read yet"))};
    if (tally.notYet > 0)
        facts.append(fact(FactText::tr("Not in Envoy yet"), numberText(tally.notYet),
                          u"status:/^not.in.envoy$|^not.seen.yet$/"_s));
    facts += QList<Fact>{fact(FactText::tr("Faulty"), numberText(tally.faulty), u"status:faulty"_s,
                              FactText::tr("Loaded, and wrong in themselves or without an answer")),
                         fact(FactText::tr("Rejected"), numberText(tally.rejected), u"status:rejected"_s),
                         fact(FactText::tr("Not serving"), numberText(tally.other),
                              u"status:/shadowed|unreachable|^unknown$/"_s)};
    if (tally.otherEdge > 0)
        facts.append(fact(FactText::tr("Of another edge"), numberText(tally.otherEdge),
                          u"status:/^other.edge$/"_s,
                          FactText::tr("Not counted above: this edge does not read them")));
    return facts;
}

} // namespace

QList<Fact> edgeFacts(const OverviewFacts &facts)
{
    const models::Snapshot &snapshot = *facts.snapshot;
    if (!facts.view)
        return {knownOfAll(snapshot, u"deployments"_s, FactText::tr("Edge"), FactText::tr("none found")),
                knownOfAll(snapshot, u"mappings"_s, FactText::tr("Mappings"),
                           FactText::tr("no edge reads them"))};
    const models::EdgeInstallation &edge = facts.view->installation;
    return QList<Fact>{
               {FactText::tr("Name"), edge.key()},
               {FactText::tr("Version"), edge.version},
               {FactText::tr("Rules"), facts.rules.image.isEmpty() ? QString() : rulesText(facts.rules)},
               known(snapshot, u"pods"_s, FactText::tr("Pods ready"), partText(edge.readyPods, edge.pods))}
    + mappingFacts(snapshot, facts.mappings);
}

namespace {

// The control plane, told by its container; of several revisions the first.
QList<Fact> controlPlaneFacts(const models::Snapshot &snapshot)
{
    const QString deployments = u"deployments"_s;
    for (const models::Deployment &deployment : snapshot.deployments) {
        if (const models::Deployment::Container *container = deployment.container(u"discovery")) {
            const QString version = models::imageTag(container->image);
            return {knownOfAll(snapshot, deployments, FactText::tr("Istio"),
                               version.isEmpty() ? FactText::tr("not known") : version, container->image),
                    known(snapshot, deployments, FactText::tr("istiod ready"),
                          partText(deployment.readyReplicas, deployment.replicas))};
        }
    }
    return {knownOfAll(snapshot, deployments, FactText::tr("Istio"), FactText::tr("none found"))};
}

} // namespace

QList<Fact> meshFacts(const OverviewFacts &facts)
{
    const models::Snapshot &snapshot = *facts.snapshot;
    int strict = 0;
    int inMesh = 0;
    int ports = 0;
    for (const models::WorkloadPosture &posture : facts.postures) {
        if (!isInScope(facts.namespaces, posture.nameSpace))
            continue;
        ++ports;
        inMesh += posture.mode.enforced;
        strict += posture.mode.enforced && posture.mode.mode == models::MtlsMode::Strict;
    }
    int injected = 0;
    int namespaces = 0;
    for (const models::Namespace &nameSpace : snapshot.namespaces) {
        const bool counts = isInScope(facts.namespaces, nameSpace.name);
        namespaces += counts;
        injected += counts && nameSpace.injected();
    }
    const QString pods = u"pods"_s;
    const QString policies = snapshot.modesPlural();
    const QString needed = snapshot.kindsRead.contains(pods) ? policies : pods;
    return controlPlaneFacts(snapshot)
        + QList<Fact>{knownOfAll(snapshot, policies, FactText::tr("Mode of the mesh"),
                                 models::mtlsModeName(facts.meshMode.mode), facts.meshMode.reason,
                                 linkTo(u"mesh"_s)),
                      known(snapshot, pods, FactText::tr("Ports in the mesh"), partText(inMesh, ports), {},
                            linkTo(u"mesh"_s)),
                      known(snapshot, needed, FactText::tr("Ports STRICT"), numberText(strict), {},
                            linkTo(u"mesh"_s, u"mode:STRICT"_s)),
                      known(snapshot, u"namespaces"_s, FactText::tr("Namespaces injected"),
                            partText(injected, namespaces))};
}

namespace {

// Without the Secrets, those that proxies tell of are still known: none of them expired is not none at all.
QString countedText(int count, const models::Snapshot &snapshot)
{
    const QString only = snapshot.onlyIn.value(u"secrets"_s);
    return snapshot.knows(u"secrets"_s) ? numberText(count)
        : count > 0                     ? FactText::tr("at least %1").arg(numberText(count))
        : only.isEmpty()                ? FactText::tr("not known")
                                        : FactText::tr("not known (only in %1)").arg(only);
}

} // namespace

QList<Fact> certificateFacts(const OverviewFacts &facts)
{
    int ended = 0;
    int errors = 0;
    int warnings = 0;
    int all = 0;
    const models::CertificateRow *next = nullptr;
    for (const models::CertificateRow &row : facts.certificates) {
        if (!isInScope(facts.namespaces, row.storedAt.nameSpace))
            continue;
        ++all;
        const Severity severity = models::countdownSeverity(row, facts.now);
        const bool over = row.notAfter.isValid() && row.notAfter < facts.now;
        ended += over;
        errors += severity == Severity::Error && !over;
        warnings += severity == Severity::Warning;
        if (models::endsNext(row, next, facts.now))
            next = &row;
    }
    const bool areRead = facts.snapshot->knows(u"secrets"_s);
    const QString why = facts.snapshot->whyUnknown(u"secrets"_s);
    const QString left = next ? models::countdownText(next->notAfter, facts.now) : QString();
    const auto filtered = [](const QString &filter) { return linkTo(u"certificates"_s, filter); };
    return {
        {FactText::tr("Expired"), countedText(ended, *facts.snapshot), why, filtered(u"ends:expired"_s)},
        // without those whose renewal is in time
        {FactText::tr("End within 7 days"), countedText(errors, *facts.snapshot), why,
         filtered(u"ends:error -ends:expired"_s)},
        {FactText::tr("End within 30 days"), countedText(warnings, *facts.snapshot), why,
         filtered(u"ends:warning"_s)},
        {next ? FactText::tr("Next: %1").arg(next->subject) : FactText::tr("Next end"),
         next && areRead ? left
             : next      ? FactText::tr("%1 or sooner").arg(left)
             : areRead   ? FactText::tr("none")
                         : FactText::tr("not known"),
         next ? next->subject : why, next ? filtered(next->key) : QString()},
        {FactText::tr("Certificates"), countedText(all, *facts.snapshot), why, linkTo(u"certificates"_s)}};
}

namespace {

// What the checks could not look at.
QString unreadText(const QStringList &unread, const QHash<QString, QString> &onlyIn)
{
    QStringList sentences{FactText::tr("No problem in what could be read.")};
    if (!unread.isEmpty())
        sentences.append(FactText::tr("Not read, so not known: %1.").arg(unread.join(u", "_s)));
    QMap<QString, QStringList> narrowed; // by namespace
    for (auto each = onlyIn.cbegin(); each != onlyIn.cend(); ++each)
        narrowed[each.value()].append(each.key());
    for (auto each = narrowed.begin(); each != narrowed.end(); ++each) {
        each->sort();
        sentences.append(FactText::tr("Read in namespace %1 only, so not known of the others: %2.")
                             .arg(each.key(), each->join(u", "_s)));
    }
    return sentences.join(u' ');
}

QStringList unreadKinds(const models::Snapshot &snapshot)
{
    QStringList kinds;
    for (auto each = snapshot.unavailable.cbegin(); each != snapshot.unavailable.cend(); ++each) {
        if (!snapshot.isAbsent(each.key()))
            kinds.append(each.key());
    }
    for (const QString &needed : {u"pods"_s, u"services"_s, u"deployments"_s}) {
        if (!snapshot.kindsRead.contains(needed) && !kinds.contains(needed))
            kinds.append(needed);
    }
    kinds.sort();
    return kinds;
}

} // namespace

QString nothingFoundText(const models::Snapshot &snapshot)
{
    const QStringList unread = unreadKinds(snapshot);
    return unread.isEmpty() && snapshot.onlyIn.isEmpty()
        ? FactText::tr("Nothing: no check has found a problem.")
        : unreadText(unread, snapshot.onlyIn);
}

} // namespace ui
