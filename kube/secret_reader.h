// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What is kept of a Secret: of its data the certificates, of its annotations those that hold no values (object_reader.h tells which,
// and why).  What is cut away is wiped, and leaves a fingerprint.
#include "kube/json_cursor.h"
#include "kube/secret_print.h"

namespace kube {

bool isPublicMemberOfSecret(std::string_view key); // besides metadata, data and stringData
// The object as it may be kept, "{…}"; whatever is none is "{}".  isBase64: data, not stringData.
QByteArray publicData(ondemand::value value, bool isBase64, SecretPrints &prints);
QByteArray publicAnnotations(ondemand::value value, SecretPrints &prints);

} // namespace kube
