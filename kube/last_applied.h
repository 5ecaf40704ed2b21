// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace kube {

// The annotation in which kubectl apply keeps a whole copy of what was applied.
inline constexpr char LastAppliedAnnotation[] = "kubectl.kubernetes.io/last-applied-configuration";

} // namespace kube
