// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_users.h"

#include "app/demo/api_status.h"
#include "app/demo/object_meta.h"
#include "edge/text.h"

#include <algorithm>
#include <map>

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

std::vector<std::string> inBoth(const std::vector<std::string> &some, const std::vector<std::string> &others)
{
    std::vector<std::string> both;
    for (const std::string &one : some) {
        if (std::find(others.begin(), others.end(), one) != others.end())
            both.push_back(one);
    }
    return both;
}

std::string listed(const std::vector<std::string> &texts) // as Go's %q does
{
    std::string list;
    for (const std::string &text : texts)
        list.append(list.empty() ? "" : " ").append(quoted(text));
    return "[" + list + "]";
}

// "": it carries none, and whoever sends it is as unknown as without it.
std::string_view bearerToken(std::string_view header)
{
    constexpr std::string_view Scheme = "bearer";
    const std::string_view scheme = header.substr(0, header.find(' '));
    return edge::equalIgnoringCase(scheme, Scheme) && scheme.size() < header.size()
        ? edge::trimmed(header.substr(scheme.size() + 1))
        : std::string_view();
}

// Deletions count a minute later, as clocks may differ so much.
bool isDeleted(const Value &object)
{
    constexpr std::int64_t Leeway = 60;
    const auto since = readTime(object.at({"metadata", "deletionTimestamp"}).text());
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return since && *since < std::chrono::duration_cast<std::chrono::seconds>(now).count() - Leeway;
}

// Why the token admits nobody any more; "": it does.
std::string whyEnded(const Store &store, const AccountClaims &claims)
{
    const AccountClaims::Object &claimed = claims.account;
    const ObjectPtr account = store.get(*claimed.kind, claimed.nameSpace, claimed.name);
    if (!account)
        return notFound(*claimed.kind, claimed.name).message;
    if (isDeleted(*account))
        return "service account " + claimed.nameSpace + "/" + claimed.name + " has been deleted";
    if (uidOf(*account) != claimed.uid)
        return "service account UID (" + uidOf(*account) + ") does not match claim (" + claimed.uid + ")";
    if (!claims.bound)
        return {};
    const AccountClaims::Object &bound = *claims.bound;
    const ObjectPtr object = store.get(*bound.kind, bound.nameSpace, bound.name);
    if (!object || isDeleted(*object))
        return "service account token has been invalidated";
    const std::string &what = bound.kind->singular;
    return uidOf(*object) == bound.uid ? std::string()
                                       : what + " UID (" + uidOf(*object)
            + ") does not match service account " + what + " ref claim (" + bound.uid + ")";
}

Identity accountOf(const AccountClaims &claims)
{
    const std::string group = "system:serviceaccounts", prefix = "authentication.kubernetes.io/";
    const AccountClaims::Object &account = claims.account;
    Identity identity = unprivileged("system:serviceaccount:" + account.nameSpace + ":" + account.name,
                                     {group, group + ":" + account.nameSpace});
    identity.uid = account.uid;
    identity.extra.emplace_back(prefix + "credential-id", "JTI=" + claims.id);
    for (const auto &one : {claims.bound, claims.podsNode}) {
        if (!one || one->kind->singular == "secret")
            continue;
        identity.extra.emplace_back(prefix + one->kind->singular + "-name", one->name);
        if (!one->uid.empty())
            identity.extra.emplace_back(prefix + one->kind->singular + "-uid", one->uid);
    }
    std::sort(identity.extra.begin(), identity.extra.end());
    return identity;
}

} // namespace

void Users::addToken(std::string token, Identity identity)
{
    m_tokens.insert_or_assign(std::move(token), std::move(identity));
}

void Users::addAccountToken(std::string token, AccountClaims claims, Time end)
{
    std::erase_if(m_accountTokens, [](const auto &each) { return each.second.end <= Time::clock::now(); });
    m_accountTokens.insert_or_assign(std::move(token), AccountToken{std::move(claims), end});
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
    } else if (const std::string_view token = bearerToken(header); !token.empty()) {
        auto known = recognise(token, {ApiAudience});
        if (!known)
            return tl::unexpected(unauthorized());
        identity = std::move(known->identity);
    } else {
        return identity;
    }
    addAuthenticated(identity);
    return identity;
}

tl::expected<Users::Recognised, std::string> Users::recognise(std::string_view token,
                                                              const std::vector<std::string> &audiences) const
{
    const std::string invalid = "invalid bearer token";
    if (const auto known = m_tokens.find(token); known != m_tokens.end()) {
        std::vector<std::string> meant = inBoth(audiences, {ApiAudience});
        if (meant.empty())
            return tl::unexpected(invalid);
        return Recognised{known->second, std::move(meant)};
    }
    const auto known = m_accountTokens.find(token);
    if (known == m_accountTokens.end() || known->second.end <= Time::clock::now())
        return tl::unexpected(invalid);
    const AccountClaims &claims = known->second.claims;
    std::vector<std::string> meant = inBoth(claims.audiences, audiences);
    const std::string why = meant.empty() ? "token audiences " + listed(claims.audiences)
            + " is invalid for the target audiences " + listed(audiences)
                                          : whyEnded(m_store, claims);
    if (!why.empty())
        return tl::unexpected("[" + invalid + ", " + why + "]");
    return Recognised{accountOf(claims), std::move(meant)};
}

Value Users::tokenStatus(std::string_view token, std::vector<std::string> audiences) const
{
    if (audiences.empty())
        audiences.emplace_back(ApiAudience);
    auto known = recognise(token, audiences);
    if (!known)
        return Value::object({{"user", Value::object()}, {"error", known.error()}});
    addAuthenticated(known->identity);
    return Value::object({{"authenticated", true},
                          {"user", userInfo(known->identity)},
                          {"audiences", Value::strings(known->audiences)}});
}

bool isAnonymous(const Identity &identity) { return identity.user == Anonymous; }

namespace {

using Extra = std::map<std::string, std::vector<std::string>>;

// As Go's %#v shows a user without a name.
std::string nobodyText(const Identity &asked, const Extra &extra)
{
    const auto list = [](const std::vector<std::string> &texts) {
        std::string all;
        for (const std::string &text : texts)
            all.append(all.empty() ? "" : ", ").append(quoted(text));
        return "[]string{" + all + "}";
    };
    std::string members;
    for (const auto &[key, values] : extra)
        members.append(members.empty() ? "" : ", ").append(quoted(key)).append(":").append(list(values));
    return "&user.DefaultInfo{Name:\"\", UID:" + quoted(asked.uid)
        + ", Groups:" + (asked.groups.empty() ? "[]string(nil)" : list(asked.groups))
        + ", Extra:map[string][]string" + (extra.empty() ? "(nil)" : "{" + members + "}") + "}";
}

} // namespace

StoreResult<Identity> impersonated(const edge::RequestHead &head, const Identity &identity,
                                   const Access &access, const Attributes &asked)
{
    Identity other = unprivileged(std::string(head.headers.value("impersonate-user")), {});
    other.uid = head.headers.value("impersonate-uid");
    Extra extra;
    for (const edge::Header &header : head.headers) {
        constexpr std::string_view ExtraPrefix = "impersonate-extra-";
        const std::string name = edge::lowered(header.name);
        if (name == "impersonate-group")
            other.groups.push_back(header.value);
        else if (name.starts_with(ExtraPrefix))
            extra[percentDecoded(name.substr(ExtraPrefix.size()))].push_back(header.value);
    }
    if (other.user.empty() && other.groups.empty() && other.uid.empty() && extra.empty())
        return identity;
    if (other.user.empty())
        return tl::unexpected(
            badRequest("requested " + nobodyText(other, extra) + " without impersonating a user name"));
    if (!access.allows(identity, {"impersonate", {}, "users", {}, other.user, {}, {}})) {
        Attributes refused = asked;
        refused.verb = "impersonate-on:user-info:" + asked.verb;
        return tl::unexpected(access.refusal(identity, refused));
    }
    for (const auto &[key, values] : extra) {
        for (const std::string &value : values)
            other.extra.emplace_back(key, value);
    }
    addAuthenticated(other);
    return other;
}

} // namespace demo
