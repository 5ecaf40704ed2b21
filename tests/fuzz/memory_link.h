// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A link without a network: what is sent is kept, what comes is what the test says.
#include "kube/byte_link.h"

class MemoryLink : public kube::ByteLink
{
public:
    void send(const QByteArray &bytes) override { sent += bytes; }
    qint64 unsentBytes() const override { return 0; }
    void setReading(bool) override { }
    QByteArray sent;
};
