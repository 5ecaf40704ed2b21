// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Who asks the demo's API server: by client certificate, by bearer token, or nobody, and as whom they ask to act.
// Promise: answers as kube-apiserver's authenticators do, certificate first; unknown tokens are 401, never anonymous.  A service
// account's token is judged at each use; kube-apiserver remembers for ten seconds whom it has admitted.
#include "app/demo/api_access.h"
#include "edge/handler.h"

#include <chrono>

namespace demo {

// What API servers are called where a token says whom it is for.
inline constexpr char ApiAudience[] = "https://kubernetes.default.svc";

struct
    AccountClaims // what a service account's token says; an object made again under the same name is another one
{
    struct Object
    {
        const ResourceKind *kind = nullptr;
        std::string nameSpace, name, uid;
    };
    std::string id;
    std::vector<std::string> audiences;
    Object account;
    std::optional<Object> bound{};    // a pod, a secret or a node; the token ends with it
    std::optional<Object> podsNode{}; // told only; its uid is empty where there is no such node
};

class Users
{
public:
    using Time = std::chrono::system_clock::time_point;
    explicit Users(const Store &store)
        : m_store(store)
    {
    }
    void addToken(std::string token, Identity identity);
    void addAccountToken(std::string token, AccountClaims claims, Time end);
    void removeToken(const std::string &token) { m_tokens.erase(token); }
    void addCertificateUser(std::string commonName, Identity identity); // client certificates: by subject CN
    // A certificate whose CN is not known is the user of that name with its organizations as groups.
    StoreResult<Identity> identify(const edge::Request &request) const;
    // The status of a TokenReview; audiences: of whom asks, none: the API server's.
    Value tokenStatus(std::string_view token, std::vector<std::string> audiences) const;

private:
    struct AccountToken
    {
        AccountClaims claims;
        Time end;
    };
    struct Recognised
    {
        Identity identity;
        std::vector<std::string> audiences; // those that were asked for and the token is for
    };
    tl::expected<Recognised, std::string> recognise(std::string_view token,
                                                    const std::vector<std::string> &audiences) const;

    const Store &m_store;
    std::map<std::string, Identity, std::less<>> m_tokens;
    std::map<std::string, AccountToken, std::less<>> m_accountTokens;
    std::map<std::string, Identity, std::less<>> m_certificateUsers;
};

bool isAnonymous(const Identity &identity);

// By Impersonate-User and Impersonate-Group; without them: identity itself. 403 unless identity may impersonate.
StoreResult<Identity> impersonated(const edge::RequestHead &head, const Identity &identity,
                                   const Access &access, const Attributes &asked);

} // namespace demo
