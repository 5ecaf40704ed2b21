// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/forward_tunnel.h"

#include <QTimer>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace kube {
namespace {

constexpr auto lastWord = 2s; // for the other side to take what was sent, once nothing more passes

// A kubelet's words (containerd, CRI-O, dockershim) for a pod that is gone or a port that nobody listens on.  Others may come after the
// application has read something, which must not be sent twice.
bool saysNobodyHeard(const QString &refusal)
{
    constexpr const char16_t *words[] = {u"connection refused", u"not found", u"not running",
                                         u"could not find", u"is closed"};
    return std::any_of(std::begin(words), std::end(words), [&refusal](const char16_t *each) {
        return refusal.contains(QStringView(each), Qt::CaseInsensitive);
    });
}

} // namespace

PortForward::Tunnel::Tunnel(qintptr descriptor, PortForward &owner)
    : QObject(&owner)
    , m_owner(owner)
    , m_local(descriptor)
    , m_gate(owner.state().localPort, owner.m_hosts)
{
    m_quiet.setSingleShot(true);
    m_quiet.setInterval(RequestGate::Pause);
    QObject::connect(&m_quiet, &QTimer::timeout, this, [this] { release(false); });
    m_local.onBytes = [this](const QByteArray &bytes) { take(bytes); };
    m_local.onEnd = [this] { endOfSending(); };
    m_local.onSent = [this] { sent(); };
    m_local.onClosed = [this](const QString &) { leave(); };
}

PortForward::Tunnel::~Tunnel() { letGo(); }

void PortForward::Tunnel::letGo()
{
    if (m_wire)
        m_wire->close(m_id);
    if (m_taken)
        m_owner.m_wires.release(std::exchange(m_taken, nullptr));
    m_wire = nullptr;
}

void PortForward::Tunnel::take(const QByteArray &bytes)
{
    if (m_isOver)
        return; // read so that the end is seen
    m_ready += m_gate.pass(bytes);
    if (!m_gate.refusal().isEmpty()) {
        m_local.send(m_gate.refusal());
        return over();
    }
    if (m_gate.isHoldingWord())
        m_quiet.start();
    else
        m_quiet.stop();
    pass();
    readOn();
}

void PortForward::Tunnel::release(bool isEnd)
{
    if (const QByteArray bytes = m_gate.release(isEnd); !bytes.isEmpty() && !m_isOver) {
        m_ready += bytes;
        pass();
        readOn();
    }
}

void PortForward::Tunnel::pass()
{
    if (!m_wire)
        return;
    const QByteArray bytes = std::exchange(m_ready, {});
    m_isSentWhole = m_isSentWhole && m_sent.size() + bytes.size() <= MaxWaiting;
    if (m_isSentWhole)
        m_sent += bytes;
    else
        m_sent.clear();
    m_wire->send(m_id, bytes);
}

// What waits in the socket slows its peer down.
void PortForward::Tunnel::readOn()
{
    const bool isEnough = m_wire ? m_wire->unsentBytes(m_id) > MaxWaiting : !m_ready.isEmpty();
    m_local.setReading(!isEnough || m_isOver);
    if (m_wire && isEnough)
        QTimer::singleShot(10ms, this, &Tunnel::readOn);
}

void PortForward::Tunnel::endOfSending()
{
    m_hasEnded = true;
    release(true);
    if (m_wire)
        m_wire->finish(m_id);
}

void PortForward::Tunnel::connectTo(ForwardWire &wire, int port)
{
    m_wire = &wire;
    m_taken = &wire;
    ForwardCallbacks callbacks;
    const QPointer<Tunnel> alive(this);
    callbacks.onData = [alive](const QByteArray &bytes) {
        if (alive)
            alive->received(bytes);
    };
    callbacks.onEnd = [alive] {
        if (!alive)
            return;
        alive->m_isSentWhole = false;
        alive->m_local.finish();
    };
    callbacks.onError = [alive](const QString &text) {
        if (alive)
            alive->refused(text.trimmed());
    };
    callbacks.onClosed = [alive, isSecond = m_hasBegunAnew] {
        if (alive && isSecond == alive->m_hasBegunAnew) // else: of the wire that was left
            alive->over();
    };
    m_id = wire.open(port, std::move(callbacks));
    pass();
    if (m_hasEnded)
        wire.finish(m_id);
    readOn();
}

bool PortForward::Tunnel::mayBeginAnew(const QString &refusal) const
{
    return m_owner.mayChooseAnother() && !m_hasBegunAnew && !m_isOver && m_isSentWhole
        && (m_sent.isEmpty() || saysNobodyHeard(refusal));
}

void PortForward::Tunnel::refused(const QString &text)
{
    if (!mayBeginAnew(text)) {
        over();
        m_owner.refused(text);
        return;
    }
    m_hasBegunAnew = true;
    letGo();
    m_ready = std::exchange(m_sent, {}) + m_ready;
    m_owner.beginAnew(this);
}

void PortForward::Tunnel::received(const QByteArray &bytes)
{
    m_isSentWhole = false;
    m_sent.clear();
    m_local.send(bytes);
    if (m_local.unsentBytes() > MaxWaiting && !m_isSlowed && m_wire) {
        m_isSlowed = true;
        m_wire->setReading(m_id, false);
    }
}

void PortForward::Tunnel::sent()
{
    if (m_isSlowed && m_wire && m_local.unsentBytes() < MaxWaiting / 2) {
        m_isSlowed = false;
        m_wire->setReading(m_id, true);
    }
    if (m_isOver && m_local.unsentBytes() == 0)
        QTimer::singleShot(lastWord, this, &Tunnel::leave);
}

void PortForward::Tunnel::over()
{
    if (std::exchange(m_isOver, true))
        return;
    m_ready.clear();
    m_local.finish();
    m_local.setReading(true);
    sent();
}

void PortForward::Tunnel::giveUp() { leave(); }

void PortForward::Tunnel::leave()
{
    if (std::exchange(m_isLeaving, true))
        return;
    letGo(); // now: the owner may end before this does
    m_owner.ended(this);
}

} // namespace kube
