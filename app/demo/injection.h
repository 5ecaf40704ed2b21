// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// istiod's mutating webhook: gives a new pod the istio-proxy container where its namespace and labels ask for
// it.
#include "app/demo/store.h"

namespace demo {

// By label istio-injection=enabled or istio.io/rev of the namespace; the pod's sidecar.istio.io/inject
// (label, else annotation) decides against it.
bool wantsSidecar(const Store &store, const Value &pod);
// While nobody answers the webhook (no pod of istiod is wanted), pods that it is asked about are refused.
std::optional<StoreError> injectionTrouble(const Store &store, const Value &pod);
void injectSidecar(const Store &store, Value &pod); // nothing where it is not wanted

} // namespace demo
