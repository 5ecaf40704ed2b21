// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Bytes both ways over something that is already connected.  Callbacks run from the event loop; they may end
// the link. After onClosed nothing comes any more.  Thread: the cluster thread.
#include <QByteArray>
#include <QObject>

#include <functional>

namespace kube {

class ByteLink : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    virtual void send(const QByteArray &bytes) = 0; // kept until the other side takes it
    virtual qint64 unsentBytes() const = 0;
    virtual void setReading(bool isReading) = 0; // false: the other side is slowed down

    std::function<void(const QByteArray &)> onBytes;
    std::function<void(const QString &why)> onClosed; // "": the other side ended it properly
};

} // namespace kube
