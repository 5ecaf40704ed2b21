// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What minutes of a page that nobody touches cost an API server, in requests for one kind: on a clock of its own, second by second,
// beside a server that ends a watch when its client said and sends a bookmark once a minute.
#include "kube/reflector_machine.h"

#include <optional>

class IdlePage
{
public:
    struct Cost
    {
        int lists = 0, watches = 0;
    };
    IdlePage(kube::ReflectorMachine::FirstState how, kube::ReflectorMachine::Life life)
        : m_machine([] { return 0.5; }, how)
        , m_life(life)
    {
    }

    Cost during(std::chrono::seconds time)
    {
        take(m_machine.start(m_now));
        for (int second = 1; second <= time.count(); ++second) {
            m_now = noon().addSecs(second);
            if (m_watchEnd && m_now >= *m_watchEnd) {
                m_watchEnd.reset();
                take(m_machine.watchEnded(std::nullopt, m_now));
            } else if (m_watchEnd && m_bookmark <= m_now) {
                m_bookmark = m_now.addSecs(60);
                take(m_machine.eventArrived(seen(kube::WatchEvent::Type::Bookmark), m_now));
            }
            if (m_timer && m_now >= *m_timer) {
                m_timer.reset();
                take(m_machine.timerFired(m_now));
            }
        }
        return m_cost;
    }
    kube::WatchState::Phase phase() const { return m_machine.state().phase; }

private:
    static QDateTime noon() { return QDateTime(QDate(2026, 11, 24), QTime(12, 0), Qt::UTC); }
    static kube::Object object()
    {
        kube::Object result;
        result.name = result.uid = QStringLiteral("a");
        result.resourceVersion = QStringLiteral("10");
        return result;
    }
    static kube::WatchEvent seen(kube::WatchEvent::Type type)
    {
        kube::WatchEvent result;
        result.type = type;
        result.object = object();
        if (type == kube::WatchEvent::Type::Bookmark)
            result.object.name = result.object.uid = QString();
        return result;
    }
    void take(const kube::ReflectorMachine::Actions &actions)
    {
        bool isListed = false;
        std::optional<kube::reflect::OpenWatch> opened; // answers come when all is done
        for (const kube::reflect::Action &action : actions) {
            if (const auto *timer = std::get_if<kube::reflect::StartTimer>(&action))
                m_timer = m_now.addMSecs(timer->pause.count());
            else if (std::holds_alternative<kube::reflect::StopTimer>(action))
                m_timer.reset();
            else if (std::holds_alternative<kube::reflect::Abort>(action))
                m_watchEnd.reset();
            else if (std::holds_alternative<kube::reflect::SendList>(action))
                isListed = true;
            else if (const auto *watch = std::get_if<kube::reflect::OpenWatch>(&action))
                opened = *watch;
        }
        if (isListed)
            list();
        if (opened)
            open(*opened);
    }
    void list()
    {
        ++m_cost.lists;
        take(m_machine.pageArrived({{object()}, QStringLiteral("10"), {}}, m_now));
    }
    void open(const kube::reflect::OpenWatch &watch)
    {
        ++m_cost.watches;
        m_watchEnd = m_now.addSecs(watch.timeoutSeconds);
        m_bookmark = m_now.addSecs(60);
        const bool withInitialEvents = watch.withInitialEvents;
        take(m_machine.watchAnswered(m_now, m_life));
        if (!withInitialEvents)
            return;
        take(m_machine.eventArrived(seen(kube::WatchEvent::Type::Added), m_now));
        kube::WatchEvent last = seen(kube::WatchEvent::Type::Bookmark);
        last.endsInitialEvents = true;
        take(m_machine.eventArrived(last, m_now));
    }

    kube::ReflectorMachine m_machine;
    kube::ReflectorMachine::Life m_life;
    Cost m_cost;
    QDateTime m_now = noon(), m_bookmark;
    std::optional<QDateTime> m_timer, m_watchEnd;
};
