// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/unasked.h"

#include "edge/config/objects.h"
#include "edge/unserved.h"
#include "models/analysis/configured_objects.h"
#include "models/resources/text.h"

#include <QHash>
#include <QRegularExpression>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

// "spec.config.gzip" of an object; "" is the object itself.
const edge::Value &fieldOf(const edge::Value &object, const std::string &path)
{
    const edge::Value *field = &object;
    for (const QString &name : text(path).split(u'.', Qt::SkipEmptyParts))
        field = &(*field)[name.toStdString()];
    return *field;
}

// Of this kind and for this edge; of those that annotations hold only the names are known.
QList<ObjectRef> objectsOf(const Snapshot &snapshot, const EdgeInstallation &edge, const std::string &kind,
                           const std::string &path)
{
    QList<ObjectRef> refs;
    for (const edge::Value &object : snapshot.ambassadorObjects) {
        if (object["kind"].text() == kind && !fieldOf(object, path).isNull()
            && whyNotForEdge(object, edge).isEmpty())
            refs.append(refOf(object));
        for (const edge::ResourceRef &ref : edge::annotatedRefs(object)) {
            if (ref.kind == kind)
                refs.append(refOf(ref));
        }
    }
    return refs;
}

// What a Mapping or service asks for because the Module asks it of all that do not say otherwise.
class ModuleDefaults
{
public:
    ModuleDefaults(const Snapshot &snapshot, const EdgeInstallation &edge)
    {
        for (const ConfiguredObject &one : configuredObjects(snapshot, edge)) {
            if (!whyNotForEdge(*one.object, edge).isEmpty())
                continue;
            const ObjectRef ref = refOf(*one.object);
            if (ref.kind == "Module"_L1 && ref.name == "ambassador"_L1 && !m_module)
                m_module = one.object;
            m_objects.insert(ref.text(), one.object);
        }
    }

    // The Module, where that is so.
    std::optional<edge::Unserved> askedFor(const edge::Unserved &unserved) const
    {
        constexpr std::string_view Spec = "spec.";
        const auto object = m_objects.constFind(refOf(unserved.object).text());
        const bool isOwn = object != m_objects.constEnd() && !fieldOf(**object, unserved.path).isNull();
        if (!m_module || isOwn || !unserved.path.starts_with(Spec))
            return {};
        edge::Unserved general = unserved;
        general.path = "spec.config." + unserved.path.substr(Spec.size());
        if (fieldOf(*m_module, general.path).isNull())
            return {};
        const ObjectRef ref = refOf(*m_module);
        general.object = {"Module", ref.name.toStdString(), ref.nameSpace.toStdString()};
        return general;
    }

private:
    std::shared_ptr<const edge::Value> m_module;
    QHash<QString, std::shared_ptr<const edge::Value>> m_objects;
};

Finding findingOf(const ObjectRef &subject, const edge::Unserved &unserved)
{
    return {u"RT-017"_s,
            Severity::Info,
            subject,
            text(unserved.path),
            u"not served here: "_s + text(unserved.sentence),
            {},
            u"try it on the edge itself, or in the Envoy of `sallyportctl edge export`"_s};
}

// Each star is any text, slashes too: rather one policy too many than one too few.
bool globTakes(const QString &glob, const QString &word)
{
    const QString pattern = QRegularExpression::escape(glob).replace(u"\\*"_s, u".*"_s);
    return glob.isEmpty()
        || QRegularExpression(QRegularExpression::anchoredPattern(pattern)).match(word).hasMatch();
}

// The first rule that fits decides, and may name no filter at all.
bool hasFiltersFor(const edge::Value &policy, const QString &host, const QString &path)
{
    for (const edge::Value &rule : policy.at({"spec", "rules"}).items()) {
        if (globTakes(text(rule["host"]), host) && globTakes(text(rule["path"]), path))
            return !rule["filters"].items().empty();
    }
    return false;
}

bool hasFilter(const edge::Config &config, std::string_view name)
{
    return std::any_of(config.httpFilters.begin(), config.httpFilters.end(),
                       [name](const edge::HttpFilter &filter) { return filter.name == name; });
}

class StepMaker
{
public:
    StepMaker(const Snapshot &snapshot, const EdgeView &view)
        : m_snapshot(snapshot)
        , m_edge(view.installation)
        , m_config(view.table->config())
    {
    }

    void addModule();
    void addServices(const edge::Route &route);
    void addPolicies(const edge::RequestHead &head);
    void addConsul(const edge::Decision &decision);
    QList<PredictionStep> take() { return std::move(m_steps); }

private:
    void add(const QString &what)
    {
        m_steps.append({u"Not asked"_s, what, u"not served here"_s, Severity::Unknown});
    }
    QString resolverOf(const edge::ResourceRef &mapping) const;
    QString named(const QString &kind) const
    {
        QStringList names;
        for (const ObjectRef &ref : objectsOf(m_snapshot, m_edge, kind.toStdString(), {}))
            names.append(ref.text());
        names.removeDuplicates();
        return names.isEmpty() ? u"the "_s + kind : names.join(u", "_s);
    }

    const Snapshot &m_snapshot;
    const EdgeInstallation &m_edge;
    const edge::Config &m_config;
    QList<PredictionStep> m_steps;
};

// What the Module asks of every request, whichever route it has.
void StepMaker::addModule()
{
    if (hasFilter(m_config, "envoy.filters.http.rbac"))
        add(named(u"Module"_s) + u" could refuse this request by its address (403): ip_allow, ip_deny"_s);
    if (hasFilter(m_config, "envoy.filters.http.lua") && m_config.brokenAuth.kind.empty())
        add(named(u"Module"_s) + u" could answer or change this request: lua_scripts"_s);
    if (hasFilter(m_config, "envoy.filters.http.buffer"))
        add(named(u"Module"_s) + u" could refuse this request by its size (413): buffer"_s);
}

void StepMaker::addServices(const edge::Route &route)
{
    if (hasFilter(m_config, "envoy.filters.http.ext_authz") && !route.authDisabled)
        add(named(u"AuthService"_s) + u" could refuse or change this request"_s);
    if (hasFilter(m_config, "envoy.filters.http.ratelimit") && !route.rateLimits.empty())
        add(named(u"RateLimitService"_s) + u" could refuse this request (429)"_s);
}

void StepMaker::addPolicies(const edge::RequestHead &head)
{
    const QString host = text(head.headers.value("host")).section(u':', 0, 0).toLower();
    const QString path = text(head.path());
    for (const edge::Value &object : m_snapshot.ambassadorObjects) {
        if (object["kind"].text() == "FilterPolicy" && hasFiltersFor(object, host, path)
            && whyNotForEdge(object, m_edge).isEmpty())
            add(u"%1 could refuse or change this request (Edge Stack only)"_s.arg(refOf(object).text()));
    }
    const QString policies = u"filterpolicies"_s;
    if (m_snapshot.onlyIn.contains(policies)
        || (m_snapshot.unavailable.contains(policies) && !m_snapshot.isAbsent(policies)))
        add(u"a FilterPolicy could refuse or change this request, and which there are is not known: "_s
            + m_snapshot.whyUnknown(policies));
}

// Its own, else the Module's.
QString StepMaker::resolverOf(const edge::ResourceRef &mapping) const
{
    QString general;
    for (const edge::Value &object : m_snapshot.ambassadorObjects) {
        const std::string &kind = object["kind"].text();
        const QString own = kind == "Mapping" && object.at({"metadata", "name"}).text() == mapping.name
                && object.at({"metadata", "namespace"}).text() == mapping.nameSpace
            ? text(object.at({"spec", "resolver"}))
            : QString();
        if (!own.isEmpty())
            return own;
        if (kind == "Module" && object.at({"metadata", "name"}).text() == "ambassador")
            general = text(object.at({"spec", "config", "resolver"}));
    }
    return general;
}

void StepMaker::addConsul(const edge::Decision &decision)
{
    const QString resolver = decision.cluster ? resolverOf(decision.route->mapping) : QString();
    if (resolver.isEmpty())
        return;
    for (const ObjectRef &ref : objectsOf(m_snapshot, m_edge, "ConsulResolver", {})) {
        if (ref.name == resolver)
            add(u"Consul: where %1 is, it alone knows"_s.arg(text(decision.cluster->host)));
    }
}

} // namespace

QList<Finding> unservedFindings(const Snapshot &snapshot, const EdgeInstallation &edge,
                                const edge::Config &config)
{
    QList<Finding> findings;
    const auto add = [&](const ObjectRef &subject, const edge::Unserved &unserved) {
        findings.append(findingOf(subject, unserved));
    };
    std::vector<edge::Unserved> general;    // of the Module, each once
    std::optional<ModuleDefaults> defaults; // which looks at every object
    for (const edge::Unserved &unserved : edge::unservedBy(config)) {
        const std::string &kind = unserved.object.kind;
        if (!snapshot.edges.isEmpty() && (kind == "TracingService" || kind == "LogService"))
            continue; // the cluster's edge does it, and no answer depends on it
        if (!unserved.object.name.empty()) {
            if (!defaults)
                defaults.emplace(snapshot, edge);
            const auto asked = defaults->askedFor(unserved);
            const bool isSaid = asked && std::find(general.begin(), general.end(), *asked) != general.end();
            if (!isSaid)
                add(refOf(asked ? asked->object : unserved.object), asked.value_or(unserved));
            if (asked && !isSaid)
                general.push_back(*asked);
            continue;
        }
        const QList<ObjectRef> refs = objectsOf(snapshot, edge, kind, unserved.path);
        for (const ObjectRef &ref : refs)
            add(ref, unserved);
        if (refs.isEmpty()) // an older field of another object asks for it
            add({text(kind), edge.ambassadorNamespace, u"ambassador"_s}, unserved);
    }
    return findings;
}

QList<PredictionStep> unaskedSteps(const Snapshot &snapshot, const EdgeView &view,
                                   const edge::Decision &decision, const edge::RequestHead &head)
{
    if (!view.table || !decision.chain || !decision.chain->tcpClusters.empty())
        return {};
    StepMaker maker(snapshot, view);
    maker.addModule();
    if (!decision.route || decision.route->mapping.kind.empty())
        return maker.take(); // Envoy asks nobody where no route fits
    maker.addServices(*decision.route);
    maker.addPolicies(head);
    maker.addConsul(decision);
    return maker.take();
}

} // namespace models
