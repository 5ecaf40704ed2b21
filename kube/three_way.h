// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Someone changed the object while it was being edited: what they did and what I did, brought together.  Both
// sides' changes against the state that the edit began with are kept where they do not touch; where they do,
// theirs stays and the place is a conflict. Lists count as one value.  What the server writes (status,
// versions, managedFields) is no edit.  Pure.
#include <QByteArray>
#include <QJsonObject>
#include <QList>
#include <QString>
#include <QStringList>

namespace kube {

struct EditConflict
{
    QString path;                  // "spec.prefix"
    QStringList keys;              // the same, key by key
    QJsonValue base, mine, theirs; // undefined: absent
};

struct ThreeWay
{
    QJsonObject merged;
    QByteArray patch; // merge patch that leads from theirs to merged; "{}" if nothing is left to do
    QList<EditConflict> conflicts;
};

ThreeWay threeWay(const QJsonObject &base, const QJsonObject &mine, const QJsonObject &theirs);
QJsonObject mergePatch(const QJsonObject &from, const QJsonObject &to); // RFC 7386

} // namespace kube
