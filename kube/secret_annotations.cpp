// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/secret_annotations.h"

#include <algorithm>
#include <array>

namespace kube {

bool isPublicAnnotationOfSecret(std::string_view name)
{
    static constexpr std::array names{
        std::string_view("kubernetes.io/service-account.name"),
        std::string_view("kubernetes.io/service-account.uid"),
        std::string_view("istio.io/service-account.name"),
        std::string_view("meta.helm.sh/release-name"),
        std::string_view("meta.helm.sh/release-namespace"),
        std::string_view("kubectl.kubernetes.io/restartedAt"),
        std::string_view("cert-manager.io/allow-direct-injection"),
        std::string_view("cert-manager.io/alt-names"),
        std::string_view("cert-manager.io/certificate-name"),
        std::string_view("cert-manager.io/common-name"),
        std::string_view("cert-manager.io/email-sans"),
        std::string_view("cert-manager.io/ip-sans"),
        std::string_view("cert-manager.io/issuer-group"),
        std::string_view("cert-manager.io/issuer-kind"),
        std::string_view("cert-manager.io/issuer-name"),
        std::string_view("cert-manager.io/subject-organizations"),
        std::string_view("cert-manager.io/uri-sans"),
    };
    return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace kube
