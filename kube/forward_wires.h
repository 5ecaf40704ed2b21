// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The wires of one port-forward to one pod.  SPDY in Kubernetes has no flow control, so a reader that is slow holds up whatever comes
// over the same wire: each connection gets a wire of its own, at most MaxWires of them; only beyond that they are shared, evenly.
// Wires that are free are used again.  For port_forward.cpp.
#include "kube/forward_wire.h"

#include <QPointer>

#include <optional>

namespace kube {

class ForwardWires : public QObject
{
    Q_OBJECT
public:
    enum class Sharing { OnlyIfFull, Yes };

    ForwardWires(Transport &transport, QString nameSpace, QObject *parent = nullptr);

    ForwardWire *take(Sharing sharing = Sharing::OnlyIfFull); // for one more connection; nullptr: dial first
    void release(const ForwardWire *wire);                    // what take() gave
    void dial(const QString &pod, qsizetype wanted); // that many more, of which some may be under way
    void doubt(); // the pod may be gone: who is connected stays so, nobody else comes to these wires

    bool areUp() const { return first() != nullptr; }
    bool areUnderWay() const { return m_dialling > 0; }
    const QString &lastLoss() const
    {
        return m_lastLoss;
    }                                 // why a wire ended that had stood; "" for no reason given
    const ForwardWire *first() const; // of those that are not doubted; nullptr: none stands

    static constexpr qsizetype MaxWires = 8;
    static constexpr qsizetype MaxFree = 2; // kept for who comes next

Q_SIGNALS:
    void changed();                        // one stands that did not, or the other way round
    void failed(const kube::Error &error); // of one dial

private:
    struct Line
    {
        QPointer<ForwardWire> wire;
        int users = 0;
        bool isDoubted = false;
    };
    void answered(const Result<ForwardWire *> &wire, int round);
    void lose(ForwardWire *wire, const QString &why);
    qsizetype count() const; // of those that are not doubted

    Transport &m_transport;
    QString m_nameSpace, m_lastLoss;
    QList<Line> m_lines;
    std::optional<ForwardWire::Kind> m_kind; // that this server speaks
    qsizetype m_dialling = 0;
    int m_round = 0; // of doubts: what was dialled before one is of no use after it
};

} // namespace kube
