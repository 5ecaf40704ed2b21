// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Where the credentials of a connection's requests come from: what the kubeconfig says, files that are read
// again, an exec plug-in, an OpenID Connect provider.  Thread: the cluster thread.
#include "kube/result.h"
#include "kube/sign_in.h"

#include <QObject>

#include <memory>

namespace kube {

struct Connection;
using SharedCredential = std::shared_ptr<const Credential>;

class CredentialSource : public QObject
{
    Q_OBJECT
public:
    using QObject::QObject;
    using Ready = std::function<void(const Result<SharedCredential> &)>;

    // Calls ready once: at once if the answer is known, else from the event loop.  Never after the source's
    // end.
    virtual void get(Ready ready) = 0;
    // The server answered 401 to it: the next get() renews what can be renewed.
    virtual void refused(const SharedCredential &used) = 0;

Q_SIGNALS:
    void certificateChanged(); // connections that were made with the old one must go (facts kube-client.md
                               // K12, §1.2)
    void
    message(const QString &text); // of a plug-in to its user, for example "open https://… and enter ABCD"
};

// By what the connection names; credentials in plain beat a plug-in, as client-go does.
std::unique_ptr<CredentialSource> makeCredentialSource(const Connection &connection);

} // namespace kube
