// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Table rows, as `kubectl get` prints them: built-in kinds with their own printers (api_printers.cpp), custom resources by the
// additionalPrinterColumns of their definition.  Ages are texts that are right at the moment of the answer.
#include "app/demo/store.h"

namespace demo {

using Columns = std::vector<ResourceKind::Column>;

Columns columnsOf(const ResourceKind &kind, const std::string &version);
Value tableRow(const ResourceKind &kind, const std::string &version, const Value &object,
               std::int64_t now); // {"cells": [...]}
Value columnDefinitions(const Columns &columns);

struct Printer // of a built-in kind
{
    Columns columns; // Name first
    std::function<Value::Array(const Value &object, std::int64_t now)> cells;
};
const Printer *builtInPrinter(const ResourceKind &kind); // nullptr: Name and Age will do

std::string
humanDuration(std::int64_t seconds); // 5s, 4m10s, 3h, 5d: k8s.io/apimachinery duration.HumanDuration
std::string ageOf(const Value &time, std::int64_t now);                // "<unknown>" for none
std::vector<Value> jsonPath(const Value &root, std::string_view path); // .a.b[0]['c'][?(@.type=="x")][*]

} // namespace demo
