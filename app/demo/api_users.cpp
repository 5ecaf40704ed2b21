// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_users.h"

#include "app/demo/api_status.h"
#include "edge/text.h"

#include <algorithm>

namespace demo {

namespace {

constexpr std::string_view Anonymous = "system:anonymous", Authenticated = "system:authenticated";

void addAuthenticated(Identity &identity) // once, whatever it brings along
{
    auto &groups = identity.groups;
    if (std::find(groups.begin(), groups.end(), Authenticated) == groups.end())
        groups.emplace_back(Authenticated);
}

// CN and organizations of a subject as OpenSSL prints it: "CN=jane, O=dev" or "/O=dev/CN=jane".
std::vector<std::string> subjectParts(std::string_view subject, std::string_view attribute)
{
    std::vector<std::string> found;
    const std::string prefix = std::string(attribute) + "=";
    while (!subject.empty()) {
        const std::size_t end = std::min(subject.find_first_of(",/+"), subject.size());
        std::string_view part = subject.substr(0, end);
        subject.remove_prefix(std::min(end + 1, subject.size()));
        while (part.starts_with(" "))
            part.remove_prefix(1);
        if (part.starts_with(prefix))
            found.emplace_back(part.substr(prefix.size()));
    }
    return found;
}

Identity unprivileged(std::string user, std::vector<std::string> groups)
{
    return {std::move(user), std::move(groups), false, {}, false};
}

} // namespace

void Users::addToken(std::string token, Identity identity, Time end)
{
    std::erase_if(m_tokens, [](const auto &each) { return each.second.end <= Time::clock::now(); });
    m_tokens.insert_or_assign(std::move(token), Token{std::move(identity), end});
}

void Users::addCertificateUser(std::string commonName, Identity identity)
{
    m_certificateUsers.insert_or_assign(std::move(commonName), std::move(identity));
}

StoreResult<Identity> Users::identify(const edge::Request &request) const
{
    Identity identity = unprivileged(std::string(Anonymous), {"system:unauthenticated"});
    const std::string_view header = request.head.headers.value("authorization");
    const edge::TlsFacts *tls = request.connection.tls ? &*request.connection.tls : nullptr;
    if (tls && !tls->peerChain.empty()) {
        const std::string &subject = tls->peerChain.front().subject;
        const std::vector<std::string> names = subjectParts(subject, "CN");
        const std::string name = names.empty() ? std::string() : names.front();
        const auto known = names.empty() ? m_certificateUsers.end() : m_certificateUsers.find(name);
        identity = known != m_certificateUsers.end() ? known->second
                                                     : unprivileged(name, subjectParts(subject, "O"));
    } else if (!header.empty()) {
        const auto known = header.starts_with("Bearer ") ? m_tokens.find(header.substr(7)) : m_tokens.end();
        if (known == m_tokens.end() || known->second.end <= Time::clock::now())
            return tl::unexpected(unauthorized());
        identity = known->second.identity;
    } else {
        return identity;
    }
    addAuthenticated(identity);
    return identity;
}

bool isAnonymous(const Identity &identity) { return identity.user == Anonymous; }

StoreResult<Identity> impersonated(const edge::RequestHead &head, const Identity &identity,
                                   const Access &access, const Attributes &asked)
{
    Identity other = unprivileged(std::string(head.headers.value("impersonate-user")), {});
    std::string groups;
    for (const edge::Header &header : head.headers) {
        if (edge::equalIgnoringCase(header.name, "impersonate-group")) {
            other.groups.push_back(header.value);
            groups.append(groups.empty() ? "" : ", ").append(quoted(header.value));
        }
    }
    if (other.user.empty() && other.groups.empty())
        return identity;
    if (other.user.empty())
        return tl::unexpected(
            badRequest("requested &user.DefaultInfo{Name:\"\", UID:\"\", Groups:[]string{" + groups
                       + "}, Extra:map[string][]string(nil)} without impersonating a user name"));
    if (!access.allows(identity, {"impersonate", {}, "users", {}, other.user, {}, {}})) {
        Attributes refused = asked;
        refused.verb = "impersonate-on:user-info:" + asked.verb;
        return tl::unexpected(access.refusal(identity, refused));
    }
    addAuthenticated(other);
    return other;
}

} // namespace demo
