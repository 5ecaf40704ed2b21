// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which annotations may stay with a Secret.  Tools keep copies of the whole object in them, as JSON, YAML or base64 of gzip, which
// cannot be known by their looks: so only those stay that are known to hold names (a service account's, Helm's, cert-manager's).
// Not kubernetes.io/change-cause: it may be the command line that set a value.
#include <string_view>

namespace kube {

bool isPublicAnnotationOfSecret(std::string_view name);

} // namespace kube
