// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The credentials of all TLS contexts of a configuration, made from the material of the secrets that they
// name. What has not changed since the last time keeps its credentials: connections and sessions that use
// them live on.
#include "edge/config.h"
#include "edge/gateway.h"
#include "edge/tls_credentials.h"

namespace edge {

class EdgeCredentials
{
public:
    struct Made
    {
        std::shared_ptr<TlsCredentials> credentials; // nullptr: problem says why
        std::string problem;
    };

    // Remakes what changed; the messages say which contexts cannot be used and why.
    std::vector<Error> update(const Config &config, const SecretStore &secrets,
                              const ReadFile &readFile = {});
    bool hasChanged() const { return m_hasChanged; } // client() by the last update()
    Made server(const std::string &context) const;   // presents the certificate of the context
    Made client(const std::string &context) const;   // "": no certificate, nothing verified
    std::vector<LoadedTls> loaded() const;

private:
    struct Entry
    {
        TlsSettings settings;
        Made made;
    };
    using Entries = std::map<std::string, Entry>;
    static Made make(TlsCredentials::Side side, const TlsSettings &settings, const std::string &missing,
                     const Entries &before, const std::string &name);

    Entries m_servers, m_clients;
    bool m_hasChanged = true;
};

} // namespace edge
