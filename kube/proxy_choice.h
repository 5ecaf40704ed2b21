// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which proxy the environment asks for, by Go's rules, because kubectl follows them (facts kube-client.md K10): HTTPS_PROXY or
// HTTP_PROXY by the server's scheme (lower case too), unless NO_PROXY names the host; never for this machine; ALL_PROXY means nothing.
#include "kube/kubeconfig.h"

#include <QProcessEnvironment>
#include <QUrl>

namespace kube {

QString proxyFromEnvironment(const QUrl &server, const QProcessEnvironment &environment); // "": none
void chooseProxy(Connection &connection,
                 const QProcessEnvironment &environment); // unless its cluster names one

} // namespace kube
