// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a switch to STRICT depends on, as uid and resourceVersion: another one is somebody else's work.  Blocks: worker thread.
#include "kube/client.h"
#include "models/analysis/change_set.h"
#include "models/analysis/strict_preflight.h"

#include <QMap>

namespace app {

class FrozenPolicies
{
public:
    FrozenPolicies(kube::Client &client, models::StrictScope scope, QString rootNamespace,
                   std::stop_token stop);

    using Objects = QList<QPair<kube::ResourceType, QList<kube::Object>>>; // by kind
    void freeze(const Objects &objects);
    void note(const models::JournalEntry &entry); // a write of our own
    QStringList foreign() const;                  // objects that are other ones than we know

private:
    void add(QMap<QString, QString> &versions, const kube::ResourceType &type,
             const QList<kube::Object> &objects) const;
    QMap<QString, QString> versions() const;

    kube::Client &m_client;
    models::StrictScope m_scope;
    QString m_root;
    std::stop_token m_stop;
    QList<kube::ResourceType> m_types;
    QMap<QString, QString> m_versions;
};

} // namespace app
