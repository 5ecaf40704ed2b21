// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The YAML of the guide "Ambassador and Istio" (docs 1.11), with the few words in it that depend on the
// cluster.
#include <QString>

namespace models {

struct GuideWords // defaults: the guide's own
{
    QString edgeNamespace = QStringLiteral("ambassador"); // of the pods
    QString edgeDeployment = QStringLiteral("ambassador");
    QString edgeKind = QStringLiteral("Deployment"); // or DaemonSet
    QString edgeContainer = QStringLiteral("aes");
    QString ambassadorNamespace = QStringLiteral("ambassador"); // where istio-certs appears
    QString istioVersion = QStringLiteral("{{ISTIO_VERSION}}");
    QString adminService = QStringLiteral("ambassador-admin");
    QString policyName = QStringLiteral("default");
    QString rootNamespace = QStringLiteral("istio-system");
    QString collector = QStringLiteral("zipkin.istio-system:9411"); // of spans
    bool isOldMesh = false;    // Istio up to 1.4: MeshPolicy instead of PeerAuthentication
    bool namesFiles = false;   // Ambassador before 1.10: the TLSContext names files, of the sidecar's
    bool mountsSecret = false; // before 1.4, whose guide mounts Citadel's Secret into the pod
    bool keepsFirstCertificate = false; // 2.0 to 4.0: told to read all anew, it takes new ones, too
    bool secondGeneration = false;      // Emissary 2.x and later: v3alpha1, hostname, explicit port
    bool takesCustomTags = false;       // 3.4 and later, which read no tag_headers
};
QString guideYaml(const QString &stepId, const GuideWords &words);

} // namespace models
