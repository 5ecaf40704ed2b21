// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/action_rights.h"

#include "app/finding_actions.h"
#include "app/gui/desk_wishes.h"
#include "app/guide_actions.h"
#include "app/rights.h"
#include "app/snapshot_plan.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace app::gui {

namespace {

constexpr auto Rest = 2s;

QString textOf(const edge::Value &value) { return QString::fromStdString(value.text()); }

// What is there is patched, what is not is created; a kind that is not known here is not asked about.
QList<QList<kube::AccessQuestion>> needsOf(const Wish &wish)
{
    QList<QList<kube::AccessQuestion>> needs;
    for (const edge::Value &object : wish.objects) {
        const auto type = typeOfKind(nullptr, textOf(object["kind"]), false);
        const auto old = textOf(object["apiVersion"]).startsWith("authentication.istio.io/"_L1)
            ? std::optional(object["kind"].text() == "MeshPolicy" ? u"meshpolicies"_s : u"policies"_s)
            : std::nullopt;
        if (!type && !old)
            continue;
        const QString own = textOf(object.at({"metadata", "namespace"}));
        const bool isWide = type ? !type->namespaced : *old == "meshpolicies"_L1;
        const QString home = isWide ? QString() : own.isEmpty() ? wish.nameSpace : own;
        const QString group = type ? type->group : u"authentication.istio.io"_s;
        const QString plural = type ? type->plural : *old;
        QList<kube::AccessQuestion> ways{
            {u"patch"_s, group, plural, home, textOf(object.at({"metadata", "name"}))}};
        if (!wish.partial)
            ways.append({u"create"_s, group, plural, home});
        needs.append(ways);
    }
    return needs;
}

QList<QList<kube::AccessQuestion>> needsToTakeBack(const QList<models::JournalEntry> &entries)
{
    QList<QList<kube::AccessQuestion>> needs;
    for (const kube::AccessQuestion &question : rightsToTakeBack(entries))
        needs.append({question});
    return needs;
}

void add(QList<GuardedAction> &actions, const QString &id, const QList<QList<kube::AccessQuestion>> &needs)
{
    if (!needs.isEmpty())
        actions.append({id, needs});
}

QHash<QString, QString> forbiddenOf(kube::Client &client, const QList<GuardedAction> &actions,
                                    std::stop_token stop)
{
    QHash<QString, QString> known; // by need: what is missing, "" nothing is
    const auto missing = [&](const kube::AccessQuestion &question) {
        const QString key = question.need();
        if (!known.contains(key))
            known.insert(key, missingRights(client, {question}, stop).join(u" and "_s));
        return known.value(key);
    };
    QHash<QString, QString> forbidden;
    for (const GuardedAction &action : actions) {
        QStringList lacks;
        for (const QList<kube::AccessQuestion> &ways : action.needs) {
            const bool isAllowed = std::any_of(
                ways.begin(), ways.end(), [&](const auto &question) { return missing(question).isEmpty(); });
            if (!isAllowed && !lacks.contains(missing(ways.first())))
                lacks.append(missing(ways.first()));
        }
        if (!lacks.isEmpty())
            forbidden.insert(action.id, lacks.join(u" and "_s));
    }
    return forbidden;
}

} // namespace

QList<GuardedAction> guardedActions(const InSight &inSight)
{
    const ClusterAnalysis &analysis = *inSight.analysis;
    QList<GuardedAction> actions;
    add(actions, u"mode"_s, needsOf(modeWish(analysis, models::MtlsMode::Strict)));
    if (const auto entry = newestModeChange(inSight.entries))
        add(actions, u"mode/undo"_s, needsToTakeBack({*entry}));
    for (const models::GuideStep &step : analysis.guide) {
        if (const auto wish = step.yaml.isEmpty() ? kube::Result<Wish>(Wish()) : wishOfStep(analysis, step))
            add(actions, u"step/"_s + step.id, needsOf(*wish));
        if (const auto own = entriesOfStep(inSight.entries, step); !own.isEmpty())
            add(actions, u"step/%1/undo"_s.arg(step.id), needsToTakeBack(own));
    }
    for (const models::JournalEntry &entry : inSight.entries) {
        if (entry.canBeTakenBack())
            add(actions, u"revert/%1"_s.arg(entry.number), needsToTakeBack({entry}));
    }
    for (const models::FindingRow &row : inSight.fixable) {
        if (const auto wish = wishOfFix(analysis, row.finding))
            add(actions, u"fix/"_s + row.key, needsOf(*wish));
    }
    QList<QList<kube::AccessQuestion>> writes;
    for (const models::StagedChange &staged : inSight.staged) {
        for (const kube::AccessQuestion &question : rightsFor({staged.change}))
            writes.append({question});
    }
    add(actions, u"staged"_s, writes);
    for (const models::ObjectRef &secret : inSight.secrets)
        add(actions, u"reveal/%1/%2"_s.arg(secret.nameSpace, secret.name), {{rightToReveal(secret)}});
    const models::ObjectRef &chosen = inSight.chosen;
    if (const auto type = typeOfKind(nullptr, chosen.kind, false); type && !chosen.kind.isEmpty())
        for (const auto &[action, verb] : {std::pair(u"edit"_s, u"patch"_s), {u"delete"_s, u"delete"_s}})
            add(actions, u"%1/%2/%3"_s.arg(action, chosen.kind, chosen.nameSpace),
                {{{verb, type->group, type->plural, type->namespaced ? chosen.nameSpace : QString(),
                   chosen.name}}});
    return actions;
}

ActionRights::ActionRights(kube::Client &client, QObject *parent, std::chrono::milliseconds askAgain)
    : QObject(parent)
    , m_client(client)
    , m_askAgain(askAgain)
{
    m_timer.setObjectName(u"actionRights"_s);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &ActionRights::ask);
    m_anew.setSingleShot(true);
    connect(&m_anew, &QTimer::timeout, this, &ActionRights::askAnew);
}

void ActionRights::look(const InSight &inSight)
{
    const bool isFirst = !m_inSight.analysis;
    m_inSight = inSight;
    m_isOutdated = true;
    if (!m_isAsking && (isFirst || !m_timer.isActive()))
        m_timer.start(isFirst ? 0s : Rest);
}

// Roles change while the console is open.
void ActionRights::askAnew()
{
    m_client.access().forget();
    m_isOutdated = true;
    if (!m_isAsking && m_inSight.analysis)
        m_timer.start(0s);
}

void ActionRights::ask()
{
    if (m_isAsking || !m_inSight.analysis)
        return;
    m_isAsking = true;
    m_isOutdated = false;
    if (!m_anew.isActive())
        m_anew.start(m_askAgain);
    m_work.run(
        this,
        [&client = m_client, inSight = m_inSight](std::stop_token stop) {
            return forbiddenOf(client, guardedActions(inSight), stop);
        },
        [this](const QHash<QString, QString> &forbidden) {
            m_isAsking = false;
            if (m_isOutdated)
                m_timer.start(Rest);
            if (std::exchange(m_forbidden, forbidden) != forbidden)
                Q_EMIT changed();
        });
}

} // namespace app::gui
