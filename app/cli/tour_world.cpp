// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/tour_world.h"

#include "app/edge_access.h"
#include "app/guide_actions.h"
#include "app/request_run.h"
#include "models/resources/counted.h"

#include <QDeadlineTimer>

using namespace Qt::StringLiterals;

namespace app::cli {

Told good(const QString &seen) { return {true, false, seen}; }

Told bad(const QString &seen) { return {false, false, seen}; }

Told skip(const QString &why) { return {true, true, u"skipped: "_s + why}; }

TourWorld::TourWorld(Session &session, kube::Client &client, Journal journal)
    : m_session(session)
    , m_client(client)
    , m_journal(std::move(journal))
{
}

Told TourWorld::applied(const models::ChangeSet &changes, const QList<int> &revertOf)
{
    if (changes.changes.isEmpty())
        return good(u"it was so already"_s);
    const models::ChangeReview reviewed = review(m_client, changes, ReviewFor::Write, m_session.stop());
    if (!reviewed.dryRunOk)
        return bad(u"dry run: "_s + reviewed.dryRunMessage);
    const ApplyOutcome outcome = apply(m_client, m_journal, reviewed.changes, revertOf, m_session.stop());
    if (outcome.error)
        return bad(outcome.error->message);
    QStringList subjects;
    for (const models::JournalEntry &entry : outcome.entries)
        subjects.append(entry.change.subject().text());
    return good(subjects.join(u", "_s));
}

Told TourWorld::applyStep(const QString &id, const char *withoutKind)
{
    const auto now = analysis();
    if (!now)
        return bad(now.error().message);
    for (const models::GuideStep &step : (*now)->guide) {
        if (step.id != id)
            continue;
        auto wish = wishOfStep(**now, step);
        if (!wish)
            return bad(wish.error().message);
        std::erase_if(wish->objects, [withoutKind](const edge::Value &object) {
            return object["kind"].text() == withoutKind;
        });
        const auto changes = planApply(m_client, *wish, m_session.stop());
        return changes ? applied(*changes, {}) : bad(changes.error().message);
    }
    return bad(u"the guide has no step "_s + id);
}

Told TourWorld::undoNewest(int count)
{
    QList<models::JournalEntry> entries = m_journal.entries();
    QList<models::JournalEntry> undone;
    QList<int> numbers;
    for (auto entry = entries.rbegin(); entry != entries.rend() && undone.size() < count; ++entry) {
        if (!entry->succeeded || entry->reverted || entry->revertOf > 0)
            continue;
        undone.append(*entry);
        numbers.append(entry->number);
    }
    const auto changes = planUndo(m_client, undone, m_session.stop());
    return changes ? applied(*changes, numbers) : bad(changes.error().message);
}

// The open entries, newest first, that one step has written: they have its title.
int TourWorld::sizeOfNewestStep() const
{
    const QList<models::JournalEntry> entries = m_journal.entries();
    QString title;
    int size = 0;
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
        if (!entry->succeeded || entry->reverted || entry->revertOf > 0)
            continue;
        if (size > 0 && entry->title != title)
            break;
        title = entry->title;
        ++size;
    }
    return size;
}

Told TourWorld::undoAll()
{
    int undone = 0;
    const auto open = [this] {
        const QList<models::JournalEntry> entries = m_journal.entries();
        return std::count_if(entries.begin(), entries.end(), [](const auto &entry) {
            return entry.succeeded && !entry.reverted && entry.revertOf == 0;
        });
    };
    // One step at a time: two may be about one object, and each reverse is planned against what is there.
    while (open() > 0) {
        const auto before = open();
        if (const Told told = undoNewest(sizeOfNewestStep()); !told.ok)
            return told;
        if (open() >= before)
            return bad(u"a change could not be taken back; `sallyportctl journal` lists it"_s);
        undone += int(before - open());
    }
    return good(u"%1 taken back, newest first"_s.arg(models::counted(undone, u"change"_s)));
}

models::RequestOutcome TourWorld::request(const QString &path, bool tls)
{
    models::RequestSpec spec;
    const QUrl base(tls ? demo().edgeHttps : demo().edgeHttp);
    spec.url = base.resolved(QUrl(path));
    const auto ready = clientRequest(spec, base.host(), quint16(base.port()), 15'000);
    if (!ready) {
        models::RequestOutcome outcome;
        outcome.error = QString::fromStdString(ready.error().message);
        return outcome;
    }
    return outcomeOf(m_session.edge().send(*ready).result());
}

QByteArray TourWorld::podMetrics(const QString &nameSpace, const QString &workload, int port,
                                 const QString &path)
{
    const auto pods = m_client.list(kube::types::pods(), nameSpace, m_session.stop()).result();
    if (!pods)
        return {};
    for (const kube::Object &object : pods->items) {
        const auto value = edge::parseJson(object.json.toStdString());
        const models::Pod pod = models::parsePod(value.value_or(edge::Value()));
        if (pod.workload() != workload || !pod.ready)
            continue;
        const auto answer = m_client
                                .rawGet(u"/api/v1/namespaces/%1/pods/%2:%3/proxy%4"_s.arg(
                                            nameSpace, pod.name, QString::number(port), path),
                                        m_session.stop())
                                .result();
        if (answer && answer->status == 200)
            return answer->body;
    }
    return {};
}

bool TourWorld::waitFor(int seconds, const std::function<bool()> &isSo)
{
    for (QDeadlineTimer deadline(std::chrono::seconds{seconds});
         !deadline.hasExpired() && !m_session.stop().stop_requested(); pause(100)) {
        if (isSo())
            return true;
    }
    return false;
}

void TourWorld::pause(int milliseconds) const { QThread::msleep(static_cast<unsigned long>(milliseconds)); }

kube::Result<void> TourWorld::rememberStart()
{
    auto now = readState(m_client, m_session.stop());
    if (!now)
        return tl::unexpected(now.error());
    m_start = std::move(*now);
    return {};
}

Told TourWorld::compareWithStart()
{
    const auto now = readState(m_client, m_session.stop());
    if (!now)
        return bad(now.error().message);
    const QStringList differing = differences(m_start, *now);
    return differing.isEmpty() ? good(u"all %1 objects are as they were at the start"_s.arg(m_start.size()))
                               : bad(differing.join(u"; "_s));
}

} // namespace app::cli
