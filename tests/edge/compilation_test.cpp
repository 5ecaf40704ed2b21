// SPDX-License-Identifier: GPL-3.0-or-later
// After any edits, what was kept up to date equals what is compiled anew, and so does the table built from
// it.
#include "edge/config/compilation.h"
#include "edge/config/objects.h"
#include "edge/route_table.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

using edge::Value;

namespace {

constexpr int Worlds = 12;
constexpr int EditsAWorld = 60;
constexpr int RequestsAnEdit = 10;

constexpr const char *Listener =
    "{apiVersion: getambassador.io/v3alpha1, kind: Listener, metadata: {name: l, namespace: prod}, spec: "
    "{port: "
    "8080, protocol: HTTP, securityModel: XFP, hostBinding: {namespace: {from: ALL}}}}";

// Few words in many combinations, so that groups, names and clusters are shared, lost and won again.
class Edits
{
public:
    Edits(unsigned seed, bool v2)
        : m_random(seed)
        , m_version(v2 ? "getambassador.io/v2" : "getambassador.io/v3alpha1")
    {
    }

    int number(int below) { return std::uniform_int_distribution<int>(0, below - 1)(m_random); }
    bool oneIn(int of) { return number(of) == 0; }
    std::string one(std::initializer_list<const char *> words)
    {
        return *(words.begin() + number(int(words.size())));
    }

    Value object(const char *kind, const std::string &name, Value spec, bool core = false)
    {
        Value metadata = Value::object({{"name", name}, {"namespace", one({"prod", "blue"})}});
        if (oneIn(4))
            metadata.set("labels", Value::object({{"team", one({"a", "b"})}}));
        return Value::object({{"apiVersion", core ? "v1" : m_version},
                              {"kind", kind},
                              {"metadata", std::move(metadata)},
                              {"spec", std::move(spec)}});
    }

    Value mapping()
    {
        Value spec = Value::object(
            {{"prefix", one({"/", "/a/", "/b/", "/b/c/", "/.well-known/acme-challenge/", "(/x|/y)"})},
             {"service",
              one({"one", "two.other:8080", "https://three", "bad:port:", "::1",
                   "a-service-whose-name-is-longer-than-what-a-cluster-may-be-called:8080"})}});
        if (!oneIn(5))
            spec.set(m_version.back() == '2' ? "host" : "hostname",
                     one({"*", "a.example.com", "*.example.com"}));
        if (spec["prefix"].text().front() == '(')
            spec.set("prefix_regex", true);
        if (oneIn(3))
            spec.set("weight", number(130));
        if (oneIn(6))
            spec.set("precedence", number(3) - 1);
        if (oneIn(5))
            spec.set("headers", Value::object({{"x-a", one({"1", "2"})}}));
        if (oneIn(6))
            spec.set("tls", one({"up", "nobody"}));
        if (oneIn(8))
            spec.set("shadow", true);
        if (oneIn(8))
            spec.set("host_redirect", true);
        if (oneIn(8))
            spec.set("add_linkerd_headers", true);
        if (oneIn(9))
            spec.set("regex_rewrite",
                     Value::object({{"pattern", one({"/a/(.*)", "("})}, {"substitution", "/\\1"}}));
        if (oneIn(9))
            spec.set("error_response_overrides",
                     edge::parseYaml("[{on_status_code: 404, body: {text_format: gone}}]").value().front());
        if (oneIn(9))
            spec.set("ambassador_id", one({"default", "other"}));
        if (oneIn(4)) {
            spec.set("resolver", "endpoint");
            spec.set("service", one({"svc:80", "svc.blue:80"}));
        }
        if (oneIn(20))
            spec.erase("service");
        return object("Mapping", one({"m", "m.one", "m.two", "n", "o", "p.blue", "p"}), std::move(spec));
    }

    // Half of them bring Mappings; the others only ports, for endpoint resolvers and Ingresses.
    Value service()
    {
        Value spec = Value::object();
        if (oneIn(2))
            spec.set("ports",
                     edge::parseYaml(one({"[{name: web, port: 80}]", "[{name: web, port: 81}]",
                                          "[{name: web, port: 80}, {name: b, port: 90}]"}))
                         .value()
                         .front());
        Value service = object("Service", one({"m", "n", "svc"}), std::move(spec), true);
        if (oneIn(2))
            service.child("metadata")
                .child("annotations")
                .set("getambassador.io/config",
                     "---\napiVersion: " + m_version + "\nkind: Mapping\nname: " + one({"m", "n", "q"})
                         + "\nprefix: " + one({"/a/", "/q/"}) + "\nhost: '*'\nservice: annotated\n");
        return service;
    }

    Value endpoints()
    {
        Value object = this->object("Endpoints", "svc", {}, true);
        object.set(
            "subsets",
            edge::parseYaml(one({"[{addresses: [{ip: 10.0.0.1}], ports: [{port: 8080}]}]",
                                 "[{addresses: [{ip: 10.0.0.1}, {ip: 10.0.0.2}], ports: [{port: 8080}]}]",
                                 "[{addresses: [{ip: 10.0.0.3}], ports: [{name: web, port: 1}, {name: b, "
                                 "port: 2}]}]"}))
                .value()
                .front());
        return object;
    }

    Value ingress()
    {
        Value object = this->object("Ingress", one({"i", "j"}),
                                    edge::parseYaml("{rules: [{http: {paths: [{path: " + one({"/i/", "/a/"})
                                                    + ", backend: {serviceName: svc, servicePort: "
                                                    + one({"web", "b", "80"}) + "}}]}}]}")
                                        .value()
                                        .front(),
                                    true);
        object.set("apiVersion", "networking.k8s.io/v1");
        object.child("metadata").child("annotations").set("kubernetes.io/ingress.class", "ambassador");
        return object;
    }

    Value secret()
    {
        Value secret = object("Secret", "cert", {}, true);
        secret.set("type", one({"kubernetes.io/tls", "kubernetes.io/tls", "helm.sh/release.v1"}));
        secret.set("data", Value::object({{"tls.crt", one({"eA==", "eQ=="})}, {"tls.key", "eA=="}}));
        return secret;
    }

    Value host()
    {
        Value host = object(
            "Host", one({"h", "i"}),
            Value::object(
                {{"hostname", one({"*", "a.example.com", "*.example.com"})},
                 {"selector",
                  oneIn(2) ? Value() : Value::object({{"matchLabels", Value::object({{"team", "a"}})}})},
                 {"requestPolicy",
                  Value::object(
                      {{"insecure", Value::object({{"action", one({"Route", "Redirect", "Reject"})}})}})}}));
        if (oneIn(2))
            host.set("status", Value::object({{"state", one({"Ready", "Error"})}}));
        return host;
    }

    Value other()
    {
        switch (number(9)) {
        case 0:
        case 1: return service();
        case 2: return endpoints();
        case 3: return ingress();
        case 4: return host();
        case 5: return object("TLSContext", "up", Value::object({{"secret", one({"cert", "gone"})}}));
        case 6: return secret();
        case 7:
            return object(
                "Module", "ambassador",
                Value::object(
                    {{"config", Value::object({{"diagnostics", Value::object({{"enabled", oneIn(2)}})}})}}));
        default:
            return object(
                "Listener", one({"l", "k"}),
                Value::object(
                    {{"port", 8080},
                     {"protocol", "HTTP"},
                     {"securityModel", one({"XFP", "INSECURE", "SECURE"})},
                     {"hostBinding", Value::object({{"namespace", Value::object({{"from", "ALL"}})}})}}));
        }
    }

    edge::RequestHead request()
    {
        edge::RequestHead head;
        head.target = one({"/", "/a/", "/a/b", "/b/c/d", "/x", "/q/", "/ambassador/v0/"});
        head.headers.add("host", one({"a.example.com", "b.example.com", "x.org"}));
        if (oneIn(3))
            head.headers.add("x-a", one({"1", "2"}));
        if (oneIn(3))
            head.headers.add("x-forwarded-proto", "https");
        return head;
    }

private:
    std::mt19937 m_random;
    std::string m_version;
};

std::string text(const Value &object) { return edge::toJson(object); }

void expectEqual(const edge::Config &kept, const edge::Config &anew)
{
    EXPECT_EQ(kept.listeners, anew.listeners);
    EXPECT_EQ(kept.groups, anew.groups);
    EXPECT_EQ(kept.clusters, anew.clusters);
    ASSERT_EQ(kept.diagnostics.size(), anew.diagnostics.size());
    for (std::size_t i = 0; i < kept.diagnostics.size(); ++i)
        EXPECT_EQ(kept.diagnostics[i], anew.diagnostics[i])
            << kept.diagnostics[i].message << " instead of " << anew.diagnostics[i].message;
    EXPECT_EQ(kept, anew);
}

} // namespace

class CompilationOf : public testing::TestWithParam<edge::Compat>
{
};

TEST_P(CompilationOf, randomEditsEqualsCompilingAnew)
{
    int withEndpoints = 0;
    for (unsigned seed = 1; seed <= Worlds; ++seed) {
        Edits edits(seed, GetParam() == edge::Compat::V1 || seed % 4 == 0);
        edge::CompileOptions options;
        options.compat = GetParam();
        options.ambassadorNamespace = "prod";
        edge::Compilation compilation(options);
        compilation.set(edge::parseYaml(Listener).value().front());
        std::shared_ptr<const edge::RouteTable> table;
        std::size_t mostRoutes = 0;
        for (int edit = 0; edit < EditsAWorld; ++edit) {
            const bool early = edit < 15;
            const Value object = edits.oneIn(early ? 2 : 8) ? edits.other() : edits.mapping();
            if (edits.oneIn(6))
                compilation.remove(object["kind"].text(), object.at({"metadata", "namespace"}).text(),
                                   object.at({"metadata", "name"}).text());
            else
                compilation.set(object);
            const std::vector<Value> objects = compilation.objects();
            const edge::Config anew = edge::compile(objects, options);
            const edge::Config kept = compilation.compile();
            expectEqual(kept, anew);
            ASSERT_FALSE(testing::Test::HasFailure())
                << "seed " << seed << ", edit " << edit << ": " << text(object);
            const auto whole = edge::RouteTable::build(anew);
            const auto next = edge::RouteTable::build(kept, table.get());
            ASSERT_TRUE(whole && next);
            for (int i = 0; i < RequestsAnEdit; ++i) {
                const edge::RequestHead head = edits.request();
                edge::RouteQuery query;
                query.head = &head;
                query.random = unsigned(edits.number(100));
                const edge::Decision a = (*next)->match(query), b = (*whole)->match(query);
                ASSERT_EQ(a.outcome, b.outcome);
                ASSERT_TRUE((a.route && b.route && *a.route == *b.route) || (!a.route && !b.route));
                ASSERT_TRUE((a.cluster && b.cluster && *a.cluster == *b.cluster)
                            || (!a.cluster && !b.cluster));
            }
            table = *next;
            withEndpoints += std::any_of(kept.clusters.begin(), kept.clusters.end(), [](const auto &entry) {
                return entry.second.discovery == edge::Cluster::Discovery::Endpoints
                    || !entry.second.endpoints.empty();
            });
            for (const edge::Listener &listener : kept.listeners)
                mostRoutes = std::max(mostRoutes, listener.chains.front().virtualHosts.front().routes.size());
        }
        EXPECT_GT(mostRoutes, 4u) << "seed " << seed << " tests nothing";
    }
    EXPECT_GT(withEndpoints, Worlds * EditsAWorld / 20) << "Services hardly ever matter";
}

INSTANTIATE_TEST_SUITE_P(Compilation, CompilationOf,
                         testing::Values(edge::Compat::V1, edge::Compat::V2_2, edge::Compat::V2,
                                         edge::Compat::V3, edge::Compat::V4));

TEST(Compilation, aChangeOfAllIsTheSameAsAChangeOfEach)
{
    Edits edits(99, false);
    std::vector<Value> objects{edits.other(), edits.mapping(), edits.mapping(), edits.mapping()};
    edge::Compilation compilation{edge::CompileOptions()};
    compilation.setAll(objects);
    const edge::Config first = compilation.compile();
    compilation.setAll({});
    EXPECT_TRUE(compilation.objects().empty());
    compilation.setAll(objects);
    EXPECT_EQ(compilation.compile(), first);
}

// Lists as a reader of files or a cluster hands them over: most objects shared with the list before, some anew but
// equal, some changed, some there twice.
TEST(Compilation, randomListsEqualCompilingAnew)
{
    Edits edits(7, false);
    edge::CompileOptions options;
    options.ambassadorNamespace = "prod";
    edge::Compilation compilation(options);
    std::vector<std::shared_ptr<const Value>> items;
    const auto place = [&] { return items.begin() + edits.number(int(items.size()) + 1); };
    for (int round = 0; round < 400; ++round) {
        if (items.size() > 12 || (!items.empty() && edits.oneIn(4)))
            items.erase(items.begin() + edits.number(int(items.size())));
        else
            items.insert(place(),
                         std::make_shared<const Value>(edits.oneIn(6) ? edits.other() : edits.mapping()));
        if (!items.empty() && edits.oneIn(3)) {
            auto &one = items[std::size_t(edits.number(int(items.size())))];
            one = std::make_shared<const Value>(*one);
        }
        edge::SharedList<Value> list(edge::parseYaml(Listener).value());
        for (const auto &item : items)
            list.push_back(item);
        // Of each kind, namespace and name the first that the edge takes, else the first.
        std::map<std::string, Value> wanted;
        for (const Value &object : list) {
            const auto [first, fresh] =
                wanted.emplace(object["kind"].text() + "/" + object.at({"metadata", "namespace"}).text() + "/"
                                   + object.at({"metadata", "name"}).text(),
                               object);
            if (!fresh && !edge::isTaken(first->second, options) && edge::isTaken(object, options))
                first->second = object;
        }
        compilation.setAll(list);
        const std::vector<Value> kept = compilation.objects();
        ASSERT_EQ(kept.size(), wanted.size()) << "round " << round;
        for (const auto &[key, object] : wanted)
            ASSERT_TRUE(std::find(kept.begin(), kept.end(), object) != kept.end())
                << key << " in round " << round;
        expectEqual(compilation.compile(), edge::compile(kept, options));
        ASSERT_FALSE(testing::Test::HasFailure()) << "round " << round;
    }
}

// Manifests hold copies for several generations and several edges; each edge is given its own, whichever comes first.
TEST(Compilation, ofCopiesTheOneForThisEdgeCounts)
{
    const auto copy = [](const std::string &version, const std::string &id, const std::string &service) {
        return "---\n{apiVersion: getambassador.io/" + version
            + ", kind: Mapping, metadata: {name: m, namespace: prod}, spec: {prefix: /m/, hostname: '*', "
              "host: "
              "a.example.com, ambassador_id: "
            + id + ", service: " + service + "}}\n";
    };
    const std::string yaml = copy("v3alpha1", "[blue]", "blue") + copy("v3alpha1", "[default]", "new")
        + copy("v2", "default", "old");
    edge::SharedList<Value> list(edge::parseYaml(yaml).value());
    edge::SharedList<Value> turned;
    for (auto item = list.items().rbegin(); item != list.items().rend(); ++item)
        turned.push_back(*item);
    const auto serviceOf = [](const edge::SharedList<Value> &objects, edge::Compat compat, const char *id) {
        edge::CompileOptions options;
        options.compat = compat;
        options.ambassadorId = id;
        edge::Compilation compilation(options);
        compilation.setAll(objects);
        for (const edge::GroupInfo &group : compilation.compile().groups) {
            if (group.prefix == "/m/")
                return group.members.size() == 1 ? group.members.front().service : std::string("several");
        }
        return std::string();
    };
    EXPECT_EQ(serviceOf(list, edge::Compat::V1, "default"), "old.prod");
    EXPECT_EQ(serviceOf(turned, edge::Compat::V1, "default"), "old.prod");
    EXPECT_EQ(serviceOf(list, edge::Compat::V4, "default"), "new.prod");
    EXPECT_EQ(serviceOf(turned, edge::Compat::V4, "default"),
              "old.prod"); // it reads both, and the first counts
    EXPECT_EQ(serviceOf(list, edge::Compat::V4, "blue"), "blue.prod");
    EXPECT_EQ(serviceOf(turned, edge::Compat::V4, "blue"), "blue.prod");
    EXPECT_EQ(serviceOf(turned, edge::Compat::V4, "green"), "");
}

// Real configurations: each object of the corpus goes and comes back, in every generation.
TEST(Compilation, objectsOfTheCorpusGoAndComeBack)
{
    int objects = 0;
    for (const auto &file : std::filesystem::directory_iterator(SALLYPORT_SOURCE_DIR "/tests/data/corpus")) {
        std::stringstream text;
        text << std::ifstream(file.path()).rdbuf();
        const auto found = edge::parseJson(text.str());
        ASSERT_TRUE(found) << file.path();
        const Value &resources = (*found)["resources"];
        edge::CompileOptions options;
        options.compat = edge::Compat(objects % 4);
        options.ambassadorNamespace = "default";
        edge::Compilation compilation(options);
        for (const Value &object : resources.items())
            compilation.set(object);
        for (const Value &object : resources.items()) {
            const std::string &nameSpace = object.at({"metadata", "namespace"}).text();
            compilation.remove(object["kind"].text(), nameSpace.empty() ? "default" : nameSpace,
                               object.at({"metadata", "name"}).text());
            for (const bool isBack : {false, true}) {
                if (isBack)
                    compilation.set(object);
                ASSERT_EQ(compilation.compile(), edge::compile(compilation.objects(), options))
                    << file.path() << (isBack ? ", back: " : ", without ") << edge::toJson(object);
            }
            ++objects;
        }
    }
    EXPECT_GT(objects, 500) << "the corpus is not there";
}

// What a change does not concern is the very same object as before: that is what makes it cheap.
TEST(Compilation, sharesWhatHasNotChanged)
{
    edge::CompileOptions options;
    options.ambassadorNamespace = "prod";
    edge::Compilation compilation(options);
    const auto objects = edge::parseYaml(
        std::string(Listener)
        + "\n---\n{apiVersion: getambassador.io/v3alpha1, kind: Mapping, metadata: {name: a, namespace: "
          "prod}, "
          "spec: {hostname: '*', prefix: /a/, service: a}}\n---\n{apiVersion: getambassador.io/v3alpha1, "
          "kind: "
          "Mapping, metadata: {name: b, namespace: prod}, spec: {hostname: '*', prefix: /b/, service: b}}\n");
    for (const Value &object : objects.value())
        compilation.set(object);
    const edge::Config before = compilation.compile();
    Value changed = objects->back();
    changed.child("spec").set("service", "c");
    compilation.set(changed);
    const edge::Config after = compilation.compile();
    const auto shared = [&](const std::string &prefix) {
        const auto &old = before.listeners[0].chains[0].virtualHosts[0].routes.items();
        const auto &now = after.listeners[0].chains[0].virtualHosts[0].routes.items();
        const auto of = [&](const auto &items) {
            return *std::find_if(items.begin(), items.end(),
                                 [&](const auto &item) { return item->path.value == prefix; });
        };
        return of(old) == of(now);
    };
    EXPECT_TRUE(shared("/a/"));
    EXPECT_FALSE(shared("/b/"));
    EXPECT_EQ(after.clusters.count("cluster_c_prod"), 1u);
    EXPECT_EQ(after.clusters.count("cluster_b_prod"), 0u);
}

// What happens in a cluster all day leaves ten thousand Mappings alone, and where a Mapping has its addresses from a
// Service, only that one is compiled again.
TEST(Compilation, whatIsNoConfigurationLeavesTheMappingsAlone)
{
    const auto mapping = [](const char *name, const char *more) {
        return std::string("---\n{apiVersion: getambassador.io/v2, kind: Mapping, metadata: {name: ") + name
            + ", namespace: prod}, spec: {prefix: /" + name + "/, service: '" + name + ":80'" + more + "}}\n";
    };
    const std::string service =
        "{apiVersion: v1, kind: Service, metadata: {name: ends, namespace: prod}, spec: "
        "{ports: [{port: 80}]}}";
    const std::string endpoints =
        "{apiVersion: v1, kind: Endpoints, metadata: {name: ends, namespace: prod}, subsets: "
        "[{addresses: [{ip: 10.0.0.1}], ports: [{port: 8080}]}]}";
    const std::string secret =
        "{apiVersion: v1, kind: Secret, metadata: {name: cert, namespace: prod}, type: "
        "kubernetes.io/tls, data: {tls.crt: eA==, tls.key: eA==}}";
    const std::string host =
        "{apiVersion: getambassador.io/v2, kind: Host, metadata: {name: h, namespace: prod}, "
        "spec: {hostname: '*', tlsSecret: {name: cert}}, status: {state: Pending}}";
    const struct
    {
        const char *title;
        std::string object;
        bool movesEndpoints;
    } rows[] = {
        {"another Service",
         "{apiVersion: v1, kind: Service, metadata: {name: new, namespace: prod}, spec: {}}", false},
        {"a Service's labels",
         "{apiVersion: v1, kind: Service, metadata: {name: ends, namespace: prod, labels: {a: b}}, spec: "
         "{ports: "
         "[{port: 80}]}}",
         false},
        {"a pod comes to another Service",
         "{apiVersion: v1, kind: Endpoints, metadata: {name: new, namespace: prod}, subsets: [{addresses: "
         "[{ip: "
         "10.0.0.9}], ports: [{port: 8080}]}]}",
         false},
        {"a pod comes",
         "{apiVersion: v1, kind: Endpoints, metadata: {name: ends, namespace: prod}, subsets: [{addresses: "
         "[{ip: "
         "10.0.0.1}, {ip: 10.0.0.2}], ports: [{port: 8080}]}]}",
         true},
        {"the Service loses the port",
         "{apiVersion: v1, kind: Service, metadata: {name: ends, namespace: prod}, spec: {ports: [{port: "
         "81}]}}",
         true},
        {"a certificate is renewed",
         "{apiVersion: v1, kind: Secret, metadata: {name: cert, namespace: prod}, type: kubernetes.io/tls, "
         "data: "
         "{tls.crt: eQ==, tls.key: eQ==}}",
         false},
        {"a Secret that is none of the edge's",
         "{apiVersion: v1, kind: Secret, metadata: {name: release, namespace: prod}, type: "
         "helm.sh/release.v1, data: "
         "{release: eQ==}}",
         false},
        {"a Host becomes ready",
         "{apiVersion: getambassador.io/v2, kind: Host, metadata: {name: h, namespace: prod}, spec: "
         "{hostname: '*', "
         "tlsSecret: {name: cert}}, status: {state: Ready}}",
         false},
        {"an object of another kind",
         "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, namespace: prod}}", false},
    };
    for (const auto &row : rows) {
        edge::CompileOptions options;
        options.compat = edge::Compat::V1;
        options.ambassadorNamespace = "prod";
        edge::Compilation compilation(options);
        const auto objects =
            edge::parseYaml(mapping("a", "") + mapping("ends", ", resolver: endpoint") + "---\n" + service
                            + "\n---\n" + endpoints + "\n---\n" + secret + "\n---\n" + host + "\n");
        ASSERT_TRUE(objects) << objects.error().message;
        for (const Value &object : *objects)
            compilation.set(object);
        const edge::Config before = compilation.compile();
        compilation.set(edge::parseYaml(row.object).value().front());
        const edge::Config after = compilation.compile();
        expectEqual(after, edge::compile(compilation.objects(), options));
        const auto &old = before.listeners.front().chains.front().virtualHosts.front().routes.items();
        const auto &now = after.listeners.front().chains.front().virtualHosts.front().routes.items();
        ASSERT_EQ(old.size(), now.size()) << row.title;
        for (std::size_t i = 0; i < old.size(); ++i)
            EXPECT_EQ(old[i] == now[i], !row.movesEndpoints || old[i]->mapping.name != "ends")
                << row.title << ": " << old[i]->mapping.name;
        const auto ends = std::find_if(before.clusters.begin(), before.clusters.end(), [](const auto &entry) {
            return entry.first.find("ends") != std::string::npos;
        });
        ASSERT_TRUE(ends != before.clusters.end());
        EXPECT_EQ(ends->second.endpoints.size(), 1u) << row.title;
        EXPECT_EQ(before.clusters == after.clusters, !row.movesEndpoints) << row.title;
    }
}
