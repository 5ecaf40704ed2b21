// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Fields of built-in kinds that are bytes, which JSON carries as base64 (a Secret's data, a ConfigMap's binaryData, caBundle): the real
// server cannot decode an object with anything else in them.
#include "app/demo/store.h"

namespace demo {

// "illegal base64 data at input byte 0", of the first that is none; "": all are.  They are written as Go writes them: without line
// breaks, unused bits 0.
std::string decodeBytes(Value &object, const ResourceKind &kind, const std::string &version);
std::string goMapText(const Value &value); // as Go's %v: map[data:map[key:value]]

} // namespace demo
