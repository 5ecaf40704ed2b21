// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Who asks the demo's API server: by client certificate, by bearer token, or nobody, and as whom they ask to act.
// Promise: answers as kube-apiserver's authenticators do, certificate first; unknown tokens are 401, never anonymous.
#include "app/demo/api_access.h"
#include "edge/handler.h"

#include <chrono>

namespace demo {

class Users
{
public:
    using Time = std::chrono::system_clock::time_point;
    void addToken(std::string token, Identity identity, Time end = Time::max());
    void removeToken(const std::string &token) { m_tokens.erase(token); }
    void addCertificateUser(std::string commonName, Identity identity); // client certificates: by subject CN
    // A certificate whose CN is not known is the user of that name with its organizations as groups.
    StoreResult<Identity> identify(const edge::Request &request) const;

private:
    struct Token
    {
        Identity identity;
        Time end;
    };
    std::map<std::string, Token, std::less<>> m_tokens;
    std::map<std::string, Identity, std::less<>> m_certificateUsers;
};

bool isAnonymous(const Identity &identity);

// By Impersonate-User and Impersonate-Group; without them: identity itself. 403 unless identity may impersonate.
StoreResult<Identity> impersonated(const edge::RequestHead &head, const Identity &identity,
                                   const Access &access, const Attributes &asked);

} // namespace demo
