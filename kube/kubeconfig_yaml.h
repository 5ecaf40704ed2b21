// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A kubeconfig's YAML as kubectl reads it: merge keys (<<) are carried out, and of a key that stands twice the last one counts.
// What is wrong is thrown as WrongEntry and never leaves the readers of the file.  For kubeconfig_file.cpp.
#include <QByteArray>
#include <QString>

#include <yaml-cpp/yaml.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kube {

struct WrongEntry
{
    QString message;
    int line = 0; // from 1; 0: unknown
};

int lineOf(const YAML::Node &node);

// Of a map, in the order of their first appearance; of anything else none.
std::vector<std::pair<std::string, YAML::Node>> membersOf(const YAML::Node &map);
YAML::Node member(const YAML::Node &map, const char *name); // undefined if there is none

// A scalar that is a text as kubectl reads it: 1234, 0x10, true, yes, 1e5 and .inf are none without quotes,
// and what is tagged as !!int, !!float or !!bool is none at all.
bool isText(const YAML::Node &scalar);
// true or false in one of YAML 1.1's ways, without quotes; nullopt: it is neither.
std::optional<bool> asFlag(const YAML::Node &scalar);

// As JSON, plain scalars by YAML 1.1's rules as far as JSON has types for them.
QByteArray extensionJson(const YAML::Node &node);

} // namespace kube
