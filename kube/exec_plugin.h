// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What goes into an exec credential plug-in and what comes out, by client-go's rules (facts kube-client.md
// §1.2).  Pure. Messages never repeat the plug-in's standard output: it holds credentials.
#include "kube/kubeconfig.h"

#include <QDateTime>

namespace kube {

struct ExecCredential
{
    Credential credential;
    QDateTime expires; // null: valid until a 401
};

// It may ask on the terminal that the connection lends, as kubectl lets it: by its interactiveMode.
bool mayAsk(const ExecPlugin &plugin, const Connection &connection);
QByteArray execInfo(const ExecPlugin &plugin, const Connection &connection); // KUBERNETES_EXEC_INFO
Result<ExecCredential> readExecCredential(const ExecPlugin &plugin, const QByteArray &output,
                                          const QString &owner);
// What it wrote on standard error, for a message: without escape sequences and what a carriage return has overwritten, the last lines,
// at most 600 characters.
QString execComplaint(const QByteArray &standardError);

} // namespace kube
