// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/strict_plan.h"

#include "models/analysis/preflight_scene.h"
#include "models/analysis/shadow_gate.h"
#include "models/analysis/strict_objects.h"
#include "models/analysis/strict_policies.h"
#include "models/analysis/workload_selector.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

struct Workload
{
    QString nameSpace, name;
    const Pod *pod = nullptr;
    QSet<int> ports;
    QString key() const { return nameSpace + u'/' + name; }
};

// Follows the policies while the stages change them, so that each step edits what the one before has left.
class PlanMaker
{
public:
    PlanMaker(const Snapshot &snapshot, const PreflightReport &report, const StrictOptions &options)
        : m_snapshot(snapshot)
        , m_report(report)
        , m_options(options)
        , m_policies(strictPolicies(snapshot))
    {
        m_plan.scope = report.scope;
        m_plan.exceptions = report.exceptions;
        collectWorkloads();
        collectLeftOver();
    }

    StrictPlan make()
    {
        freeze();
        makePermissiveExplicit();
        rehearse();
        fix();
        switchWorkloads();
        switchNamespaces();
        switchMesh();
        tidy();
        refuse();
        return std::move(m_plan);
    }

private:
    bool isMesh() const { return m_plan.scope.nameSpace.isEmpty(); }
    bool isWorkload() const { return !m_plan.scope.workload.isEmpty(); }
    bool inScope(const QString &nameSpace, const QString &workload) const
    {
        return (isMesh() || nameSpace == m_plan.scope.nameSpace)
            && (!isWorkload() || workload == m_plan.scope.workload);
    }
    void collectWorkloads();
    void collectLeftOver();
    QStringList workloadsIn(const QString &nameSpace) const;
    QString orNotKnown(const QString &why) const;
    QStringList withSwitched(const QString &nameSpace) const;
    QStringList judges() const;
    void cast(const QString &nameSpace, const QString &name);
    void freeze();
    void makePermissiveExplicit();
    void rehearse();
    void fix();
    void switchWorkloads();
    void switchNamespaces();
    void switchMesh();
    void tidy();
    void refuse();
    StrictStep workloadStep(const Workload &workload);
    StrictStage &stage(int number, const QString &title, const QString &purpose, const QString &leaveWhen);

    const Snapshot &m_snapshot;
    const PreflightReport &m_report;
    const StrictOptions &m_options;
    StrictPlan m_plan;
    std::unique_ptr<StrictPolicies> m_policies; // as they are after the steps so far
    QList<Workload> m_workloads;                // that a sidecar stands before, in the order in which they go
    QStringList m_inMesh; // workloads in scope that a sidecar stands before, whatever they are switched to
    QStringList m_namespaces;
    QHash<QString, QList<ObjectRef>> m_temporary; // namespace → objects of stage 4 that stage 5 replaces
    QList<ObjectRef> m_shadows, m_redundant;
    QStringList m_switched; // that an earlier run has made STRICT by objects of m_temporary
    const QStringList m_all{u"V1"_s, u"V2"_s, u"V3"_s, u"V4"_s, u"V5"_s,
                            u"V6"_s, u"V7"_s, u"V8"_s, u"V9"_s, u"V10"_s};
};

void PlanMaker::collectWorkloads()
{
    QHash<QString, qsizetype> placeOf;
    for (const Pod &pod : m_snapshot.pods) {
        if (pod.isGone() || pod.isGateway() || pod.nameSpace == m_snapshot.istioRootNamespace
            || !inScope(pod.nameSpace, pod.workload()))
            continue;
        QSet<int> ports;
        bool isInMesh = false;
        for (const int port : portsInMesh(pod, m_snapshot.servicesOf(pod))) {
            const EffectiveMode mode = effectiveMode(m_snapshot, pod, port);
            isInMesh |= mode.enforced;
            if (mode.enforced && mode.mode != MtlsMode::Strict)
                ports.insert(port);
        }
        const Workload workload{pod.nameSpace, pod.workload(), &pod, ports};
        if (isInMesh && !m_inMesh.contains(workload.key()))
            m_inMesh.append(workload.key());
        if (ports.isEmpty())
            continue;
        if (!placeOf.contains(workload.key())) {
            placeOf.insert(workload.key(), m_workloads.size());
            m_workloads.append(workload);
        } else {
            m_workloads[placeOf[workload.key()]].ports += ports;
        }
        if (!m_namespaces.contains(pod.nameSpace))
            m_namespaces.append(pod.nameSpace);
    }
    m_namespaces.sort();
    m_inMesh.sort();
    const auto excepted = [this](const Workload &one) {
        return std::any_of(m_plan.exceptions.begin(), m_plan.exceptions.end(),
                           [&](const PortException &port) {
                               return port.nameSpace == one.nameSpace && port.workload == one.name;
                           });
    };
    // Those without exceptions first: the least can go wrong with them.
    std::stable_sort(m_workloads.begin(), m_workloads.end(), [&](const Workload &a, const Workload &b) {
        return std::tuple(excepted(a), a.key()) < std::tuple(excepted(b), b.key());
    });
}

// What a run that was stopped has left: the stages that tidy know it like their own.
void PlanMaker::collectLeftOver()
{
    for (const ObjectRef &object : m_options.made) {
        if (object.kind == "AuthorizationPolicy"_L1)
            m_shadows.append(object);
    }
    if (isWorkload())
        return;
    for (const ObjectRef &object :
         m_options.made) { // of whole namespaces: what the mesh's object makes redundant
        const std::optional<MtlsMode> own = m_policies->ofNamespace(object.nameSpace);
        const bool isWide = own && !object.nameSpace.isEmpty()
            && object.nameSpace != m_snapshot.istioRootNamespace
            && m_policies->setNamespace(object.nameSpace, *own).object == object;
        if (isWide)
            m_redundant.append(object);
    }
    for (const PolicyEdit &edit : m_policies->passing(m_options.made)) {
        m_temporary[edit.object.nameSpace].append(edit.object);
        m_switched += edit.workloads;
        if (!m_namespaces.contains(edit.object.nameSpace))
            m_namespaces.append(edit.object.nameSpace);
    }
    m_namespaces.sort();
    m_switched.removeDuplicates();
}

// "": in all of them.
QStringList PlanMaker::workloadsIn(const QString &nameSpace) const
{
    QStringList keys;
    for (const Workload &workload : m_workloads) {
        if (nameSpace.isEmpty() || workload.nameSpace == nameSpace)
            keys.append(workload.key());
    }
    return keys;
}

// Why a stage is left out; where nobody has read what that rests on, that.
QString PlanMaker::orNotKnown(const QString &why) const
{
    for (const QString &plural : {u"pods"_s, m_snapshot.modesPlural()}) {
        if (!m_snapshot.knows(plural))
            return u"not known: "_s + m_snapshot.whyUnknown(plural);
    }
    return why;
}

// Besides, those that an earlier run has switched by objects that go now: they are looked at again.
QStringList PlanMaker::withSwitched(const QString &nameSpace) const
{
    QStringList keys = workloadsIn(nameSpace);
    for (const QString &workload : m_switched) {
        if (!keys.contains(workload) && (nameSpace.isEmpty() || workload.startsWith(nameSpace + u'/')))
            keys.append(workload);
    }
    return keys;
}

// By whom a step is judged that is about all of the scope.  Where an earlier run has left nobody below STRICT, it is still that
// switch which is verified, by everybody.
QStringList PlanMaker::judges() const
{
    const QStringList keys = withSwitched({});
    return keys.isEmpty() ? m_inMesh : keys;
}

void PlanMaker::cast(const QString &nameSpace, const QString &name)
{
    const ObjectRef shadow{u"AuthorizationPolicy"_s, nameSpace, name};
    if (!m_shadows.contains(shadow))
        m_shadows.append(shadow);
}

StrictStage &PlanMaker::stage(int number, const QString &title, const QString &purpose,
                              const QString &leaveWhen)
{
    StrictStage made;
    made.number = number;
    made.title = title;
    made.purpose = purpose;
    made.leaveWhen = leaveWhen;
    m_plan.stages.append(made);
    return m_plan.stages.last();
}

void PlanMaker::freeze()
{
    stage(0, u"Freeze and snapshot"_s,
          u"keep every object that matters and how the traffic is now, to compare with and to go back to"_s,
          u"the snapshot can be read"_s);
    m_plan.frozen = m_policies->all(m_plan.scope.nameSpace);
    for (const DestinationRule &rule : m_snapshot.destinationRules)
        m_plan.frozen.append({u"DestinationRule"_s, rule.nameSpace, rule.name});
}

void PlanMaker::makePermissiveExplicit()
{
    StrictStage &permissive = stage(
        1, u"Make PERMISSIVE explicit"_s,
        u"one object for each namespace that is DISABLE or says nothing: a known place to go back to, and no step from DISABLE to STRICT"_s,
        u"every proxy has it"_s);
    permissive.verify = {u"V1"_s, u"V3"_s, u"V5"_s, u"V6"_s};
    for (const QString &nameSpace : m_namespaces) {
        const std::optional<MtlsMode> own = m_policies->ofNamespace(nameSpace);
        const EffectiveMode now = namespaceMode(m_snapshot, nameSpace);
        const bool explicitly = own == MtlsMode::Permissive || own == MtlsMode::Strict;
        // A workload alone needs it only below DISABLE (§1.8.3).
        if (explicitly || now.mode == MtlsMode::Strict || (isWorkload() && now.mode != MtlsMode::Disable))
            continue;
        StrictStep step;
        step.title = nameSpace;
        step.workloads = workloadsIn(nameSpace);
        const PolicyEdit edit = m_policies->setNamespace(nameSpace, MtlsMode::Permissive);
        if (edit.isNew)
            m_redundant.append(edit.object);
        step.objects.push_back(edit.value);
        permissive.steps.append(step);
    }
    if (permissive.steps.isEmpty())
        permissive.skipped = orNotKnown(u"the scope says PERMISSIVE or STRICT already"_s);
}

void PlanMaker::rehearse()
{
    StrictStage &shadow = stage(
        2, u"Shadow STRICT"_s,
        u"a DENY for callers without a certificate as a dry run: the proxies count what STRICT would refuse, and refuse nothing"_s,
        u"nothing was denied in the shadow while it soaked, or every source is explained"_s);
    shadow.verify = {u"V3"_s, u"V5"_s, u"V6"_s};
    shadow.skipped = m_options.shadow ? whyNoShadow(m_snapshot, m_plan.scope) : u"left out by choice"_s;
    if (m_workloads.isEmpty() && shadow.skipped.isEmpty())
        shadow.skipped = orNotKnown(u"no workload in scope is below STRICT"_s);
    if (!shadow.skipped.isEmpty())
        return;
    const QString name = u"sallyport-shadow-strict"_s;
    const Workload &first = m_workloads.first();
    StrictStep one;
    one.title = u"%1 of %2 alone"_s.arg(first.name, first.nameSpace);
    one.workloads = {first.key()};
    const QString firstName =
        freeShadowName(m_snapshot, m_options.made, first.nameSpace, name + u'-' + first.name);
    one.objects.push_back(shadowObject(first.nameSpace, firstName, workloadSelector(m_snapshot, *first.pod)));
    shadow.steps.append(one);
    cast(first.nameSpace, firstName);
    if (isWorkload()) {
        shadow.steps.last().soakSeconds = m_options.soakSeconds;
        return;
    }
    StrictStep all;
    all.title = m_namespaces.join(u", "_s);
    all.soakSeconds = m_options.soakSeconds;
    all.workloads = workloadsIn({});
    for (const QString &nameSpace : m_namespaces) {
        const QString free = freeShadowName(m_snapshot, m_options.made, nameSpace, name);
        all.objects.push_back(shadowObject(nameSpace, free, {}));
        cast(nameSpace, free);
    }
    shadow.steps.append(all);
}

void PlanMaker::fix()
{
    StrictStage &fixes = stage(
        3, u"Fix"_s,
        u"the edge first, then scrapes, webhooks, DestinationRules and injection; then the preflight again"_s,
        u"the preflight says GO or GO WITH EXCEPTIONS"_s);
    if (!standingInTheWay(m_report, true).isEmpty())
        return;
    fixes.skipped = m_report.verdict == PreflightReport::Verdict::Unknown
        ? u"not known: "_s + m_report.reason
        : u"the preflight found nothing to fix"_s;
}

StrictStep PlanMaker::workloadStep(const Workload &workload)
{
    StrictStep step;
    step.title = u"%1 of %2"_s.arg(workload.name, workload.nameSpace);
    step.workloads = {workload.key()};
    WorkloadWish wish{workload.pod,
                      isWorkload() ? workload.name : QString(u"strict-"_s + workload.name).left(253)};
    for (const PortException &exception : m_plan.exceptions)
        wish.permissivePorts[exception.nameSpace + u'/' + exception.workload].insert(exception.port);
    for (const PolicyEdit &edit : m_policies->setWorkload(wish)) {
        if (edit.isPassing)
            m_temporary[workload.nameSpace].append(edit.object);
        if (!edit.isChanged)
            continue;
        step.objects.push_back(edit.value);
        for (const QString &other : edit.workloads) {
            if (!step.workloads.contains(other))
                step.workloads.append(other);
        }
    }
    return step;
}

void PlanMaker::switchWorkloads()
{
    StrictStage &workloads = stage(
        4, u"Workload by workload"_s,
        u"STRICT for a few workloads at a time; ports that must stay PERMISSIVE stand in the same object"_s,
        u"verified, and one busy hour has passed"_s);
    workloads.verify = m_all;
    const qsizetype wave =
        std::max<qsizetype>(1, qsizetype(double(m_workloads.size()) * m_options.waveShare));
    for (const Workload &workload : m_workloads) {
        StrictStep step = workloadStep(workload);
        if (step.objects.empty())
            continue;
        if (!workloads.steps.isEmpty() && workloads.steps.last().workloads.size() < wave) {
            StrictStep &last = workloads.steps.last();
            last.title += u", "_s + step.title;
            last.workloads += step.workloads;
            last.objects.insert(last.objects.end(), step.objects.begin(), step.objects.end());
        } else {
            workloads.steps.append(step);
        }
    }
    if (workloads.steps.isEmpty())
        workloads.skipped = orNotKnown(u"no workload in scope is below STRICT"_s);
    else if (isWorkload())
        workloads.steps.last().soakSeconds = m_options.soakSeconds;
}

void PlanMaker::switchNamespaces()
{
    StrictStage &namespaces = stage(
        5, u"Namespace by namespace"_s,
        u"the namespace's own object is edited to STRICT (a second one would be ignored); what stage 4 made is then not needed any more"_s,
        u"it has soaked, and every CronJob has run once"_s);
    namespaces.verify = m_all;
    if (isWorkload()) {
        namespaces.skipped = u"the scope is one workload"_s;
        return;
    }
    for (const QString &nameSpace : m_namespaces) {
        const std::optional<MtlsMode> own = m_policies->ofNamespace(nameSpace);
        StrictStep step;
        step.title = nameSpace;
        step.soakSeconds = m_options.soakSeconds;
        step.workloads = withSwitched(nameSpace);
        if (own && own != MtlsMode::Strict) {
            step.objects.push_back(m_policies->setNamespace(nameSpace, MtlsMode::Strict).value);
            namespaces.steps.append(step);
        }
        if (m_temporary.value(nameSpace).isEmpty())
            continue;
        StrictStep replaced;
        replaced.title = u"%1: what stage 4 made"_s.arg(nameSpace);
        replaced.workloads = step.workloads;
        replaced.removes = m_temporary.value(nameSpace);
        namespaces.steps.append(replaced);
    }
    if (namespaces.steps.isEmpty())
        namespaces.skipped = orNotKnown(u"no namespace in scope is below STRICT"_s);
}

void PlanMaker::switchMesh()
{
    StrictStage &mesh =
        stage(6, u"The mesh"_s,
              u"the oldest object of the root namespace is edited to STRICT, or made where there is none"_s,
              u"it has soaked"_s);
    mesh.verify = m_all;
    if (!isMesh()) {
        mesh.skipped = u"the scope is %1"_s.arg(m_plan.scope.text());
        return;
    }
    const bool wasStrict = m_policies->ofMesh() == MtlsMode::Strict;
    const PolicyEdit edit = m_policies->setMesh(MtlsMode::Strict);
    if (wasStrict) {
        mesh.skipped = u"%1 is STRICT already"_s.arg(edit.object.text());
        return;
    }
    StrictStep step;
    step.title = edit.object.text();
    step.soakSeconds = m_options.soakSeconds;
    step.objects.push_back(edit.value);
    step.workloads = judges();
    mesh.steps.append(step);
    m_plan.debt = m_policies->namespacesBelowStrict();
}

void PlanMaker::tidy()
{
    StrictStage &last =
        stage(7, u"Tidy"_s, u"remove the rehearsal and what the wider object makes redundant"_s, u"-"_s);
    last.verify = {u"V1"_s, u"V3"_s, u"V5"_s, u"V6"_s, u"V8"_s};
    StrictStep step;
    step.title = u"what this plan made and nobody needs any more"_s;
    step.workloads = judges();
    step.removes = m_shadows;
    if (isMesh())
        step.removes += m_redundant;
    if (step.removes.isEmpty())
        last.skipped = orNotKnown(u"nothing is left over"_s);
    else
        last.steps.append(step);
}

void PlanMaker::refuse()
{
    for (const PreflightRow &row : m_report.rows) {
        if (row.check == "R4"_L1)
            m_plan.hazards += row.evidence;
    }
    QStringList breaks;
    for (const PreflightRow &row : standingInTheWay(m_report, true))
        breaks.append(u"%1 %2: %3"_s.arg(row.check, row.subject.text(), row.message));
    if (!breaks.isEmpty())
        m_plan.refused = u"NO-GO: "_s + breaks.join(u"; "_s);
    else if (m_report.verdict == PreflightReport::Verdict::Unknown)
        m_plan.refused = u"UNKNOWN: "_s + m_report.reason;
    else if (m_snapshot.isOldMesh() && isWorkload() && !m_workloads.isEmpty()
             && m_plan.stages[4].steps.isEmpty())
        m_plan.refused =
            u"no Service selects %1, and Istio 1.4's Policies name a workload by its Services; the scope is its namespace then"_s
                .arg(m_plan.scope.text());
    else if (m_plan.scope.nameSpace == m_snapshot.istioRootNamespace)
        m_plan.refused =
            u"%1 is the mesh's root namespace: an object without a selector there is the mesh's; the scope is mesh then"_s
                .arg(m_plan.scope.nameSpace);
}

} // namespace

StrictPlan strictPlan(const Snapshot &snapshot, const PreflightReport &report, const StrictOptions &options)
{
    return PlanMaker(snapshot, report, options).make();
}

QList<PreflightRow> standingInTheWay(const PreflightReport &report, bool beforeFirstStage)
{
    QList<PreflightRow> rows;
    for (const PreflightRow &row : report.rows) {
        const bool healed =
            row.check == "P5"_L1 || (beforeFirstStage && (row.check == "P6"_L1 || row.check == "P7"_L1));
        if (row.breaks() && !healed)
            rows.append(row);
    }
    return rows;
}

QString strictTitle(const StrictScope &scope, int stage, const QString &step)
{
    return u"STRICT for %1, stage %2: %3"_s.arg(scope.text()).arg(stage).arg(step);
}

bool isOfStrict(const QString &title, const StrictScope &scope)
{
    return title.startsWith(u"STRICT for %1, stage "_s.arg(scope.text()));
}

} // namespace models
