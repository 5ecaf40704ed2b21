// SPDX-License-Identifier: GPL-3.0-or-later
// Which installation an object is for: what is told of it is what the compiler does.
#include "edge/config/acceptance.h"
#include "edge/config/compile.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace {

struct IdCase
{
    const char *title, *apiVersion, *metadata, *id; // id: of the spec, "" none
    const char *wanted; // "" the edge blue in prod takes it, else what is told of it
    edge::Compat compat = edge::Compat::V4;
    bool single = false;
};

class Acceptance : public testing::TestWithParam<IdCase>
{
};

std::string told(const std::optional<edge::Refusal> &refusal)
{
    if (!refusal)
        return {};
    std::string text = refusal->isOfOtherNamespace ? "namespace" : "ids";
    for (const std::string &id : refusal->ids)
        text += " " + id;
    return text;
}

} // namespace

TEST_P(Acceptance, isToldAsTheCompilerDoes)
{
    const IdCase &row = GetParam();
    edge::CompileOptions options;
    options.compat = row.compat;
    options.ambassadorId = "blue";
    options.ambassadorNamespace = "prod";
    options.singleNamespace = row.single;
    const std::string id = *row.id == '\0' ? "" : std::string(", ambassador_id: ") + row.id;
    const auto objects = edge::parseYaml(std::string("{apiVersion: getambassador.io/") + row.apiVersion
                                         + ", kind: Mapping, metadata: {name: m, " + row.metadata
                                         + "}, spec: {prefix: /m/, service: m" + id + "}}");
    ASSERT_TRUE(objects) << objects.error().message;
    EXPECT_EQ(told(edge::refusal(objects->front(), options)), row.wanted);
    const edge::Config config = edge::compile(*objects, options);
    const bool isThere = std::any_of(config.groups.begin(), config.groups.end(),
                                     [](const edge::GroupInfo &group) { return group.name == "m"; });
    EXPECT_EQ(isThere, *row.wanted == '\0');
}

INSTANTIATE_TEST_SUITE_P(
    Ids, Acceptance,
    testing::Values(
        IdCase{"no id is default", "v3alpha1", "namespace: prod", "", "ids default"},
        IdCase{"its own", "v3alpha1", "namespace: prod", "[blue]", ""},
        IdCase{"one of several", "v3alpha1", "namespace: prod", "[green, blue]", ""},
        IdCase{"a text", "v2", "namespace: prod", "blue", ""},
        IdCase{"another's", "v3alpha1", "namespace: prod", "[green, red]", "ids green red"},
        // Each asked of the compiler of the version in its title.
        IdCase{"an empty list of 4.1.0", "v3alpha1", "namespace: prod", "[]", "ids default",
               edge::Compat::V4},
        IdCase{"for every edge of 4.1.0", "v3alpha1", "namespace: prod", "[_automatic_]", "",
               edge::Compat::V4},
        IdCase{"for every edge beside another of 4.1.0", "v3alpha1", "namespace: prod",
               "[_automatic_, green]", "ids _automatic_ green", edge::Compat::V4},
        IdCase{"for every edge beside its own of 4.1.0", "v3alpha1", "namespace: prod", "[_automatic_, blue]",
               "", edge::Compat::V4},
        IdCase{"the prefix in v3alpha1 of 4.1.0", "v3alpha1", "namespace: prod",
               "['--apiVersion-v3alpha1-only--blue']", "", edge::Compat::V4},
        IdCase{"an empty list in v2 of 4.1.0", "v2", "namespace: prod", "[]", "ids default",
               edge::Compat::V4},
        IdCase{"an empty text in v2 of 4.1.0", "v2", "namespace: prod", "''", "ids ", edge::Compat::V4},
        IdCase{"a text for every edge of 4.1.0", "v2", "namespace: prod", "_automatic_", "",
               edge::Compat::V4},
        IdCase{"a list for every edge in v2 of 4.1.0", "v2", "namespace: prod", "[_automatic_]", "",
               edge::Compat::V4},
        IdCase{"in v2 for every edge beside another of 4.1.0", "v2", "namespace: prod",
               "[_automatic_, green]", "ids _automatic_ green", edge::Compat::V4},
        IdCase{"the prefix in v2 of 4.1.0", "v2", "namespace: prod", "['--apiVersion-v3alpha1-only--blue']",
               "", edge::Compat::V4},
        IdCase{"an empty list of 3.9.1", "v3alpha1", "namespace: prod", "[]", "ids default",
               edge::Compat::V3},
        IdCase{"for every edge of 3.9.1", "v3alpha1", "namespace: prod", "[_automatic_]", "",
               edge::Compat::V3},
        IdCase{"for every edge beside another of 3.9.1", "v3alpha1", "namespace: prod",
               "[_automatic_, green]", "ids _automatic_ green", edge::Compat::V3},
        IdCase{"for every edge beside its own of 3.9.1", "v3alpha1", "namespace: prod", "[_automatic_, blue]",
               "", edge::Compat::V3},
        IdCase{"the prefix in v3alpha1 of 3.9.1", "v3alpha1", "namespace: prod",
               "['--apiVersion-v3alpha1-only--blue']", "ids --apiVersion-v3alpha1-only--blue",
               edge::Compat::V3},
        IdCase{"an empty list in v2 of 3.9.1", "v2", "namespace: prod", "[]", "ids default",
               edge::Compat::V3},
        IdCase{"an empty text in v2 of 3.9.1", "v2", "namespace: prod", "''", "ids ", edge::Compat::V3},
        IdCase{"a text for every edge of 3.9.1", "v2", "namespace: prod", "_automatic_", "",
               edge::Compat::V3},
        IdCase{"a list for every edge in v2 of 3.9.1", "v2", "namespace: prod", "[_automatic_]", "",
               edge::Compat::V3},
        IdCase{"in v2 for every edge beside another of 3.9.1", "v2", "namespace: prod",
               "[_automatic_, green]", "ids _automatic_ green", edge::Compat::V3},
        IdCase{"the prefix in v2 of 3.9.1", "v2", "namespace: prod", "['--apiVersion-v3alpha1-only--blue']",
               "", edge::Compat::V3},
        IdCase{"an empty list of 2.5.1", "v3alpha1", "namespace: prod", "[]", "ids default",
               edge::Compat::V2},
        IdCase{"for every edge of 2.5.1", "v3alpha1", "namespace: prod", "[_automatic_]", "",
               edge::Compat::V2},
        IdCase{"for every edge beside another of 2.5.1", "v3alpha1", "namespace: prod",
               "[_automatic_, green]", "ids _automatic_ green", edge::Compat::V2},
        IdCase{"for every edge beside its own of 2.5.1", "v3alpha1", "namespace: prod", "[_automatic_, blue]",
               "", edge::Compat::V2},
        IdCase{"the prefix in v3alpha1 of 2.5.1", "v3alpha1", "namespace: prod",
               "['--apiVersion-v3alpha1-only--blue']", "ids --apiVersion-v3alpha1-only--blue",
               edge::Compat::V2},
        IdCase{"an empty list in v2 of 2.5.1", "v2", "namespace: prod", "[]", "ids default",
               edge::Compat::V2},
        IdCase{"an empty text in v2 of 2.5.1", "v2", "namespace: prod", "''", "ids ", edge::Compat::V2},
        IdCase{"a text for every edge of 2.5.1", "v2", "namespace: prod", "_automatic_", "",
               edge::Compat::V2},
        IdCase{"a list for every edge in v2 of 2.5.1", "v2", "namespace: prod", "[_automatic_]", "",
               edge::Compat::V2},
        IdCase{"in v2 for every edge beside another of 2.5.1", "v2", "namespace: prod",
               "[_automatic_, green]", "ids _automatic_ green", edge::Compat::V2},
        IdCase{"the prefix in v2 of 2.5.1", "v2", "namespace: prod", "['--apiVersion-v3alpha1-only--blue']",
               "", edge::Compat::V2},
        IdCase{"an empty list in v2 of 1.11.2", "v2", "namespace: prod", "[]", "ids default",
               edge::Compat::V1},
        IdCase{"an empty text in v2 of 1.11.2", "v2", "namespace: prod", "''", "ids ", edge::Compat::V1},
        IdCase{"a text for every edge of 1.11.2", "v2", "namespace: prod", "_automatic_", "",
               edge::Compat::V1},
        IdCase{"a list for every edge in v2 of 1.11.2", "v2", "namespace: prod", "[_automatic_]", "",
               edge::Compat::V1},
        IdCase{"in v2 for every edge beside another of 1.11.2", "v2", "namespace: prod",
               "[_automatic_, green]", "ids _automatic_ green", edge::Compat::V1},
        IdCase{"the prefix in v2 of 1.11.2", "v2", "namespace: prod", "['--apiVersion-v3alpha1-only--blue']",
               "ids --apiVersion-v3alpha1-only--blue", edge::Compat::V1},
        IdCase{"another namespace", "v3alpha1", "namespace: test", "[blue]", ""},
        IdCase{"another namespace of a single one", "v3alpha1", "namespace: test", "[blue]", "namespace",
               edge::Compat::V4, true},
        IdCase{"no namespace is default", "v3alpha1", "labels: {}", "[blue]", "namespace", edge::Compat::V4,
               true}),
    [](const auto &row) {
        std::string name;
        for (const char c : std::string(row.param.title))
            name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
        return name;
    });
