// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/forward_wires.h"

#include <algorithm>

namespace kube {

ForwardWires::ForwardWires(Transport &transport, QString nameSpace, QObject *parent)
    : QObject(parent)
    , m_transport(transport)
    , m_nameSpace(std::move(nameSpace))
{
}

const ForwardWire *ForwardWires::first() const
{
    const auto found = std::find_if(m_lines.begin(), m_lines.end(),
                                    [](const Line &line) { return line.wire && !line.isDoubted; });
    return found == m_lines.end() ? nullptr : found->wire.data();
}

qsizetype ForwardWires::count() const
{
    return std::count_if(m_lines.begin(), m_lines.end(),
                         [](const Line &line) { return line.wire && !line.isDoubted; });
}

ForwardWire *ForwardWires::take(Sharing sharing)
{
    Line *best = nullptr;
    for (Line &line : m_lines) {
        if (line.wire && !line.isDoubted && (!best || line.users < best->users))
            best = &line;
    }
    const bool mayShare = sharing == Sharing::Yes || count() >= MaxWires;
    if (!best || (best->users > 0 && !mayShare && !best->wire->keepsApart()))
        return nullptr;
    ++best->users;
    return best->wire;
}

void ForwardWires::release(const ForwardWire *wire)
{
    const auto found =
        std::find_if(m_lines.begin(), m_lines.end(), [wire](const Line &line) { return line.wire == wire; });
    if (found == m_lines.end() || --found->users > 0)
        return;
    const auto free = std::count_if(m_lines.begin(), m_lines.end(), [](const Line &line) {
        return line.wire && !line.isDoubted && line.users == 0;
    });
    if (!found->isDoubted && free <= MaxFree)
        return;
    found->wire->deleteLater();
    m_lines.erase(found);
}

void ForwardWires::dial(const QString &pod, qsizetype wanted)
{
    const qsizetype most = m_kind ? MaxWires - count() : 1; // the first shows what the server speaks
    while (m_dialling < std::min(wanted, most)) {
        ++m_dialling;
        ForwardWire::dial(
            m_transport, m_nameSpace, pod, m_kind.value_or(ForwardWire::Kind::Tunnel), this,
            [this, round = m_round](const Result<ForwardWire *> &wire) { answered(wire, round); });
    }
}

void ForwardWires::answered(const Result<ForwardWire *> &wire, int round)
{
    --m_dialling;
    if (!wire) {
        Q_EMIT failed(wire.error());
        return;
    }
    m_kind = (*wire)->kind();
    if (round != m_round) {
        (*wire)->deleteLater();
    } else {
        m_lines.append({*wire});
        connect(*wire, &ForwardWire::lost, this,
                [this, lost = *wire](const QString &why) { lose(lost, why); });
    }
    Q_EMIT changed();
}

void ForwardWires::doubt()
{
    ++m_round;
    for (Line &line : m_lines) {
        line.isDoubted = true;
        if (line.users == 0 && line.wire)
            line.wire->deleteLater();
    }
    m_lines.removeIf([](const Line &line) { return line.users == 0; });
    Q_EMIT changed();
}

void ForwardWires::lose(ForwardWire *wire, const QString &why)
{
    m_lastLoss = why;
    m_lines.removeIf([wire](const Line &line) { return line.wire == wire; });
    wire->deleteLater();
    Q_EMIT changed();
}

} // namespace kube
