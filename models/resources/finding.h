// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What we have to say about an object: stable code, severity, where, why, what to do.  Texts are facts in plain English from the analyses;
// pages may translate by code.
#include <QString>
#include <QStringList>

namespace models {

enum class Severity { Good, Info, Unknown, Warning, Error }; // the worse, the larger; Unknown is never good

struct ObjectRef
{
    QString kind, nameSpace, name;
    bool operator==(const ObjectRef &) const = default;
    QString text() const; // "Mapping default/quote-backend"
};

struct Finding
{
    QString code; // RT-001 … (routes), TLS-, CERT-, MT- (mesh), GD- (guide)
    Severity severity = Severity::Info;
    ObjectRef subject;
    QString path; // spec.tls
    QString message;
    QStringList evidence;
    QString remedy;
    bool operator==(const Finding &) const = default;
};

} // namespace models
