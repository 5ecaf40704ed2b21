// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_tokens.h"

#include "app/demo/base64.h"
#include "app/demo/object_meta.h"
#include "app/demo/protobuf_body.h"
#include "app/demo/random_bytes.h"

#include <algorithm>
#include <chrono>

namespace demo {

namespace {

constexpr char Group[] = "authentication.k8s.io", Issuer[] = "https://kubernetes.default.svc";
constexpr std::int64_t DefaultSeconds = 3600, ShortestSeconds = 600, LongestSeconds = std::int64_t(1) << 32;

StoreResult<Value> sentRequest(const Call &call)
{
    auto body = mediaTypeOf(call) == "application/vnd.kubernetes.protobuf" ? readProtobuf(call.body)
                                                                           : std::optional<Value>();
    if (!body) {
        auto json = edge::parseJson(call.body);
        if (!json || !json->isObject())
            return tl::unexpected(
                badRequest("the object provided is unrecognized (must be of type TokenRequest)"));
        body = std::move(*json);
    }
    const std::string &kind = (*body)["kind"].text(), &version = (*body)["apiVersion"].text();
    if (!kind.empty() && (kind != "TokenRequest" || version != std::string(Group) + "/v1"))
        return tl::unexpected(badRequest(kind + " in version " + quoted(version.substr(version.find('/') + 1))
                                         + " cannot be handled as a TokenRequest: unknown conversion"));
    return std::move(*body);
}

std::optional<StoreError> wrongDuration(std::int64_t seconds)
{
    const char *why = seconds < ShortestSeconds ? "may not specify a duration less than 10 minutes"
        : seconds > LongestSeconds              ? "may not specify a duration larger than 2^32 seconds"
                                                : nullptr;
    if (!why)
        return {};
    return invalid(Group, "TokenRequest", {},
                   {invalidValue("spec.expirationSeconds", std::to_string(seconds), why)});
}

std::string urlBase64(std::string_view bytes)
{
    std::string text = base64(bytes);
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    text.erase(std::min(text.find('='), text.size()));
    return text;
}

std::optional<StoreError> wrongMetadata(const Call &call, const Value &request)
{
    if (const std::string &name = nameOf(request); !name.empty() && name != call.path.name)
        return invalid(Group, "TokenRequest", call.path.name,
                       {invalidValue("metadata.name", quoted(name),
                                     "must match the service account name if specified")});
    if (const std::string &nameSpace = namespaceOf(request);
        !nameSpace.empty() && nameSpace != call.path.nameSpace)
        return badRequest(
            "the namespace of the provided object does not match the namespace sent on the request");
    return {};
}

using Bound = AccountClaims::Object;

std::optional<Bound> nodeOf(const Store &store, const Value &pod)
{
    const ResourceKind *nodes = store.find({}, "nodes");
    const std::string &name = pod.at({"spec", "nodeName"}).text();
    if (!nodes || name.empty())
        return {};
    const ObjectPtr node = store.get(*nodes, {}, name);
    return Bound{nodes, {}, name, node ? uidOf(*node) : std::string()};
}

// To what spec.boundObjectRef names.
std::optional<StoreError> bind(AccountClaims &claims, const Store &store, const Call &call,
                               const Value &reference)
{
    if (!reference.isObject())
        return {};
    const std::string &apiVersion = reference["apiVersion"].text(), &kindName = reference["kind"].text(),
                      &name = reference["name"].text(), &uid = reference["uid"].text();
    const std::size_t slash = apiVersion.find('/');
    const ResourceKind *kind = slash == std::string::npos ? store.findByKind({}, kindName) : nullptr;
    if (!kind || (kindName != "Pod" && kindName != "Secret" && kindName != "Node"))
        return badRequest("cannot bind token to object of type "
                          + (slash == std::string::npos ? "/" + apiVersion : apiVersion)
                          + ", Kind=" + kindName);
    if (name.empty())
        return badRequest("Name parameter required.");
    const std::string nameSpace = kind->namespaced ? call.path.nameSpace : std::string();
    const ObjectPtr object = store.get(*kind, nameSpace, name);
    if (!object)
        return notFound(*kind, name);
    if (kindName == "Pod" && object->at({"spec", "serviceAccountName"}).text() != call.path.name)
        return badRequest("cannot bind token for serviceaccount " + quoted(call.path.name)
                          + " to pod running with different serviceaccount name.");
    if (!uid.empty() && uid != uidOf(*object))
        return conflict(
            *kind, name,
            "the UID in the bound object reference (" + uid
                + ") does not match the UID in record. The object might have been deleted and then "
                  "recreated",
            true);
    claims.bound = Bound{kind, nameSpace, name, uidOf(*object)};
    if (kindName == "Pod")
        claims.podsNode = nodeOf(store, *object);
    return {};
}

Value claimOf(const Bound &object)
{
    Value claim = Value::object({{"name", object.name}});
    if (!object.uid.empty())
        claim.set("uid", object.uid);
    return claim;
}

// A JSON Web Token with the claims of a real one; its signature is random, so nobody can guess one.
std::string makeToken(const AccountClaims &claims, std::int64_t now, std::int64_t end)
{
    const std::string &nameSpace = claims.account.nameSpace;
    Value own = Value::object({{"namespace", nameSpace}});
    for (const auto &one : {claims.bound, claims.podsNode}) {
        if (one)
            own.set(one->kind->singular, claimOf(*one));
    }
    own.set("serviceaccount", claimOf(claims.account));
    const Value all =
        Value::object({{"aud", Value::strings(claims.audiences)},
                       {"exp", end},
                       {"iat", now},
                       {"iss", Issuer},
                       {"jti", claims.id},
                       {"kubernetes.io", std::move(own)},
                       {"nbf", now},
                       {"sub", "system:serviceaccount:" + nameSpace + ":" + claims.account.name}});
    constexpr std::size_t SignatureSize = 256; // of RS256
    return urlBase64(R"({"alg":"RS256","kid":"demo"})") + "." + urlBase64(edge::toJson(all)) + "."
        + urlBase64(randomBytes(SignatureSize));
}

Answer tokenRequest(const AccountClaims &claims, const Value &asked, const std::string &token,
                    std::int64_t now, std::int64_t seconds)
{
    return answerOf(Value::object({{"kind", "TokenRequest"},
                                   {"apiVersion", std::string(Group) + "/v1"},
                                   {"metadata",
                                    Value::object({{"name", claims.account.name},
                                                   {"namespace", claims.account.nameSpace},
                                                   {"uid", claims.account.uid},
                                                   {"creationTimestamp", timeText(now)}})},
                                   {"spec",
                                    Value::object({{"audiences", Value::strings(claims.audiences)},
                                                   {"expirationSeconds", seconds},
                                                   {"boundObjectRef", asked["boundObjectRef"]}})},
                                   {"status",
                                    Value::object({{"token", token},
                                                   {"expirationTimestamp", timeText(now + seconds)}})}}),
                    {}, 201);
}

std::vector<std::string> textsOf(const Value &list)
{
    std::vector<std::string> texts;
    for (const Value &one : list.items())
        texts.push_back(one.text());
    return texts;
}

} // namespace

StoreResult<Answer> tokenAnswer(const Store &store, Users &users, const Call &call)
{
    if (call.verb != "create")
        return tl::unexpected(methodNotAllowed(call));
    auto request = sentRequest(call);
    if (!request)
        return tl::unexpected(request.error());
    if (const auto wrong = wrongMetadata(call, *request))
        return tl::unexpected(*wrong);
    const ObjectPtr account = store.get(*call.kind, call.path.nameSpace, call.path.name);
    if (!account)
        return tl::unexpected(notFound(*call.kind, call.path.name));
    const Value &asked = (*request)["spec"];
    const std::int64_t seconds = asked["expirationSeconds"].toInteger(DefaultSeconds);
    if (const auto wrong = wrongDuration(seconds))
        return tl::unexpected(*wrong);
    AccountClaims claims{newUid(),
                         textsOf(asked["audiences"]),
                         {call.kind, call.path.nameSpace, call.path.name, uidOf(*account)}};
    if (const auto wrong = bind(claims, store, call, asked["boundObjectRef"]))
        return tl::unexpected(*wrong);
    if (claims.audiences.empty())
        claims.audiences.emplace_back(ApiAudience);
    const auto clock = std::chrono::system_clock::now();
    const std::int64_t now =
        std::chrono::duration_cast<std::chrono::seconds>(clock.time_since_epoch()).count();
    const std::string token = makeToken(claims, now, now + seconds);
    Answer answer = tokenRequest(claims, asked, token, now, seconds);
    users.addAccountToken(token, std::move(claims), clock + std::chrono::seconds(seconds));
    return answer;
}

StoreResult<Value> reviewedToken(const Users &users, Value review)
{
    const Value asked = review["spec"];
    if (asked["token"].text().empty())
        return tl::unexpected(badRequest("token is required for TokenReview in authentication"));
    review.set("status", users.tokenStatus(asked["token"].text(), textsOf(asked["audiences"])));
    return review;
}

} // namespace demo
