// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One Kubernetes object as it arrived: raw JSON plus the few fields that every table needs.  A value; copies share.
// Secrets: values of data that are not certificates have been replaced by "{n bytes}" before an Object is made.
#include "kube/secret_print.h"

#include <QByteArray>
#include <QList>
#include <QMetaType>
#include <QString>
#include <QStringList>

namespace kube {

struct Object
{
    QString nameSpace; // "" for cluster-scoped
    QString name;
    QString uid;
    QString resourceVersion;
    QString creationTimestamp; // RFC 3339, as sent
    QByteArray json;           // without managedFields
    // Of the newest write that managedFields tell of, those of the status apart: seconds since 1970, UTC; 0: they
    // tell of none (an API server before 1.18, or nothing but what controllers report).
    qint64 changedAt = 0;
    QStringList managers = {}; // who managedFields say has written something else than the status, each once
    // Where several have written in that newest second: [{manager, fieldsV1}], as sent; else empty.
    QByteArray newestWrites = {};
    QStringList cells =
        {}; // of a row of the server's own table (table.h), whose json is metadata only; else empty
    SecretPrints prints = {}; // of a Secret: of what json does not show as it is; else empty

    QString key() const { return nameSpace.isEmpty() ? name : QString(nameSpace + QLatin1Char('/') + name); }
};

struct Delta
{
    enum class Type { Upsert, Remove };
    Type type = Type::Upsert;
    Object object; // for Remove: the last known state
};

} // namespace kube
Q_DECLARE_METATYPE(kube::Object)
Q_DECLARE_METATYPE(kube::Delta)
