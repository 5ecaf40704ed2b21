// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/api_tokens.h"

#include "app/demo/base64.h"
#include "app/demo/object_meta.h"
#include "app/demo/protobuf_body.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
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

// A JSON Web Token with the claims of a real one; its signature is random, so nobody can guess one.
std::string makeToken(const Value &account, const Value &audiences, std::int64_t now, std::int64_t end)
{
    const std::string &nameSpace = namespaceOf(account), &name = nameOf(account);
    const Value claims = Value::object(
        {{"aud", audiences},
         {"exp", end},
         {"iat", now},
         {"iss", Issuer},
         {"jti", newUid()},
         {"kubernetes.io",
          Value::object({{"namespace", nameSpace},
                         {"serviceaccount", Value::object({{"name", name}, {"uid", uidOf(account)}})}})},
         {"nbf", now},
         {"sub", "system:serviceaccount:" + nameSpace + ":" + name}});
    std::array<unsigned char, 256> signature{}; // as long as one of RS256
    RAND_bytes(signature.data(), int(signature.size()));
    return urlBase64(R"({"alg":"RS256","kid":"demo"})") + "." + urlBase64(edge::toJson(claims)) + "."
        + urlBase64({reinterpret_cast<const char *>(signature.data()), signature.size()});
}

} // namespace

StoreResult<Answer> tokenAnswer(const Store &store, Users &users, const Call &call)
{
    if (call.verb != "create")
        return tl::unexpected(methodNotAllowed(call));
    const ObjectPtr account = store.get(*call.kind, call.path.nameSpace, call.path.name);
    if (!account)
        return tl::unexpected(notFound(*call.kind, call.path.name));
    auto request = sentRequest(call);
    if (!request)
        return tl::unexpected(request.error());
    const Value &asked = (*request)["spec"];
    const std::int64_t seconds = asked["expirationSeconds"].toInteger(DefaultSeconds);
    if (const auto wrong = wrongDuration(seconds))
        return tl::unexpected(*wrong);
    const Value audiences =
        asked["audiences"].items().empty() ? Value::array({Value(Issuer)}) : asked["audiences"];
    const auto clock = std::chrono::system_clock::now();
    const std::int64_t now =
        std::chrono::duration_cast<std::chrono::seconds>(clock.time_since_epoch()).count();
    const std::string token = makeToken(*account, audiences, now, now + seconds);
    const std::string group = "system:serviceaccounts";
    users.addToken(token,
                   {"system:serviceaccount:" + call.path.nameSpace + ":" + call.path.name,
                    {group, group + ":" + call.path.nameSpace},
                    false,
                    {},
                    false},
                   clock + std::chrono::seconds(seconds));
    return answerOf(Value::object({{"kind", "TokenRequest"},
                                   {"apiVersion", std::string(Group) + "/v1"},
                                   {"metadata",
                                    Value::object({{"name", call.path.name},
                                                   {"namespace", call.path.nameSpace},
                                                   {"uid", uidOf(*account)},
                                                   {"creationTimestamp", timeText(now)}})},
                                   {"spec",
                                    Value::object({{"audiences", audiences},
                                                   {"expirationSeconds", seconds},
                                                   {"boundObjectRef", asked["boundObjectRef"]}})},
                                   {"status",
                                    Value::object({{"token", token},
                                                   {"expirationTimestamp", timeText(now + seconds)}})}}),
                    {}, 201);
}

} // namespace demo
