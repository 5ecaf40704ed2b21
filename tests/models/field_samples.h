// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// An object of each kind that a snapshot is made of, with every field that is read of it.
#include "models/resources/snapshot.h"

#include <QByteArray>

struct FieldSample
{
    QByteArray name, yaml;
    QString plural;
    QByteArray beside = {};              // other objects without which it is not read
    QList<kube::Object> objects() const; // it alone
    models::SnapshotInput input() const; // with those beside it
};

QList<FieldSample> fieldSamples();
