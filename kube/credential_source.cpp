// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/credential_source.h"

#include "kube/exec_source.h"
#include "kube/oidc_source.h"
#include "kube/static_source.h"

namespace kube {

std::unique_ptr<CredentialSource> makeCredentialSource(const Connection &connection)
{
    if (connection.exec)
        return std::make_unique<ExecSource>(connection);
    if (connection.oidc)
        return std::make_unique<OidcSource>(*connection.oidc);
    return std::make_unique<StaticSource>(connection);
}

} // namespace kube
