// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Changes single values of one kubeconfig file and nothing else: comments, unknown fields, order and quoting
// stay byte for byte (facts kube-client.md K16).  The result is read again and compared before it replaces
// the file, in one step, under the lock FILE.lock that kubectl takes too.
#include "kube/result.h"

#include <QStringList>

namespace kube {

struct KubeconfigEdit
{
    QStringList path; // in a list the step names an item: {"users", "jane", "user", "token"}; the last step
                      // may be new
    QString value;
};

Result<QByteArray> editedKubeconfig(const QByteArray &text, const QList<KubeconfigEdit> &edits);
Result<void> editKubeconfig(const QString &file, const QList<KubeconfigEdit> &edits);

} // namespace kube
