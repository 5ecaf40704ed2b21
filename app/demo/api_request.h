// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a request to the API server asks for, read from its head: the resource that the path names, the verb, the options of the
// query and the representation that Accept prefers.
#include "app/demo/api_status.h"
#include "edge/http_message.h"

#include <set>

namespace demo {

struct Identity
{
    std::string user;
    std::vector<std::string> groups;
    bool readOnly = false;
    std::set<std::string> namespaces{}; // empty: all
    bool isPrivileged = true;           // false: only what RBAC objects of the store grant
    std::string uid{};
    std::vector<std::pair<std::string, std::string>> extra{}; // as Kubernetes tells it, by key
};

class Query
{
public:
    explicit Query(std::string_view text = {});
    const std::string &value(std::string_view key) const; // the first one; "" if absent
    bool has(std::string_view key) const;
    bool isTrue(std::string_view key) const; // as Kubernetes reads options: there, and neither false nor 0
    std::vector<std::string> values(std::string_view key) const;
    void remove(std::string_view key);
    void set(std::string_view key, std::string value); // in place of what it was

private:
    std::vector<std::pair<std::string, std::string>> m_pairs;
};

// 400 where the option is there and no number of 64 bits, as Go reads it.
StoreResult<void> checkNumber(const Query &query, std::string_view key);

struct ApiPath // /apis/GROUP/VERSION/namespaces/NAMESPACE/PLURAL/NAME/SUBRESOURCE/REST
{
    std::string group, version, nameSpace, plural, name, subresource, rest;
    bool isWatch = false; // the old form /watch/...
};
std::optional<ApiPath>
resourcePath(std::string_view path); // nullopt: not below a group's version, or only that version

struct Representation
{
    enum class As { Object, Table, Partial };
    As as = As::Object;
    bool isYaml = false;
    bool isPretty = false;
    bool isListForm = false; // PartialObjectMetadataList
};
std::optional<Representation> negotiate(const edge::RequestHead &head, const Query &query); // nullopt: 406

// Built-in kinds are served by go-restful, which looks at Accept before Kubernetes does: types by their names alone.  An error: 406.
enum class Produced { Json, Objects, Lists };
StoreResult<void> checkAccept(const edge::RequestHead &head, Produced produced);

struct Answer
{
    int status = 200;
    std::string contentType = "application/json";
    std::string body;
    edge::Headers headers;
};
Answer answerOf(const Value &value, const Representation &as, int status = 200);
Answer answerOf(const StoreError &error, const Representation &as = {});
Answer plainText(int status, std::string text);

struct Call // one request on its way through the server
{
    edge::RequestHead head;
    ApiPath path;
    Query query;
    bool isHttp2 = false;    // it shares its connection
    bool tellsOwners = true; // managedFields: what a server that knows no server-side apply does not keep
    std::string verb;        // get, list, watch, create, update, patch, delete, deletecollection
    Identity identity;
    Representation wanted;
    const ResourceKind *kind = nullptr;
    std::string body;
    std::vector<std::string> warnings; // become Warning headers
};
StoreError methodNotAllowed(const Call &call); // 405 of a subresource
// "": no method of a resource; HEAD is one of what is behind a proxy alone, as in kube-apiserver.
std::string verbOf(std::string_view method, const ApiPath &path, const Query &query);
std::string percentDecoded(std::string_view text, bool plusIsSpace = false);

} // namespace demo
