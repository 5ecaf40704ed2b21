// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The demo's kubeconfig: contexts demo (administrator, client certificate), demo-viewer (token, reads) and
// demo-team (namespace shop only), each with the marker by which the console knows that writing here needs no
// ceremony.
#include "app/demo/authority.h"

namespace demo {

struct KubeconfigContent
{
    std::string server;    // https://127.0.0.1:PORT
    std::string clusterCa; // PEM
    KeyPair administrator;
    std::string viewerToken, teamToken;
};

// For the file at that path: its marker counts there and in no copy.
std::string kubeconfigText(const KubeconfigContent &content, const std::string &path);

// 0600.  Refuses to replace a file that is not a demo's kubeconfig: that would be the user's own.
edge::Result<void> writePrivateFile(const std::string &path, const std::string &text);
// Nothing in it but what a demo cluster wrote for this very path: such a file may be replaced, and goes with its
// cluster.  One that has anything of the user's in it (`kubectl config view --flatten` merges) may not.
bool isDemoKubeconfig(const std::string &path);

std::string randomToken();

} // namespace demo
