// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/connection_probes.h"

#include "app/when_done.h"
#include "kube/access.h"

namespace app {

namespace {

constexpr std::chrono::seconds Late{15};

} // namespace

ConnectionProbes::ConnectionProbes(kube::Client &client, std::chrono::milliseconds pause, QObject *parent)
    : QObject(parent)
    , m_client(client)
    , m_pause(pause)
    , m_pauseTimer(this)
    , m_lateTimer(this)
{
    m_pauseTimer.setSingleShot(true);
    m_lateTimer.setSingleShot(true);
    connect(&m_pauseTimer, &QTimer::timeout, this, &ConnectionProbes::measure);
    connect(&m_lateTimer, &QTimer::timeout, this, [this] { setRoundTrip(-1); });
}

void ConnectionProbes::begin(int roundTripMs)
{
    m_roundTripMs = roundTripMs;
    m_pauseTimer.start(m_pause);
    askForRights();
}

void ConnectionProbes::setRoundTrip(int milliseconds)
{
    if (std::exchange(m_roundTripMs, milliseconds) != milliseconds)
        Q_EMIT changed();
}

// What was measured when it was connected says nothing an hour later.
void ConnectionProbes::measure()
{
    m_lateTimer.start(Late);
    whenDone(m_client.version(m_stop.get_token()), this,
             [this](const kube::Result<kube::ServerVersion> &version) {
                 m_lateTimer.stop();
                 setRoundTrip(version ? version->roundTripMs : -1);
                 m_pauseTimer.start(m_pause);
             });
}

// One who may do it in some namespace only is told what is missing in the others.
void ConnectionProbes::askForRights()
{
    const auto lacks = std::make_shared<QList<OtherRight>>();
    const auto open = std::make_shared<qsizetype>(otherRightsRead().size());
    for (const OtherRight &right : otherRightsRead()) {
        whenDone(m_client.access().ask({right.verb, {}, right.resource}, m_stop.get_token()), this,
                 [this, right, lacks, open](const kube::Result<kube::AccessVerdict> &verdict) {
                     if (verdict && !verdict->isAllowed)
                         lacks->append(right);
                     if (--*open > 0)
                         return;
                     m_lacks = *lacks;
                     Q_EMIT changed();
                 });
    }
}

} // namespace app
