// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Kubernetes' Status object → Error, wherever it comes from: the body of a refused request or an ERROR event of a watch.
// Promise: no object that the server quotes whole is in any of its words; a Secret's has its values.
// Rules: facts kube-client.md §1.3 (reasons, causes, retryAfterSeconds; text bodies up to 2 KB become the message, HTML never).
#include "kube/result.h"

#include <QByteArray>

#include <optional>

namespace kube {

inline constexpr int longestRetryAfterSeconds = 86'400; // nobody waits longer, whatever a server asks

Error::Kind kindOfHttpStatus(int httpStatus);
// nullopt: this JSON is no Status of a failure.
std::optional<Error> errorFromStatus(const QByteArray &json, const QString &where);

} // namespace kube
