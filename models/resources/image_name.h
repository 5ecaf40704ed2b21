// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The parts of a container image's name: registry.example.com:5000/istio/proxyv2:1.20.3@sha256:… is proxyv2, 1.20.3.
#include <QString>

namespace models {

QString imageName(const QString &image); // "" of ""
QString imageTag(const QString &image);  // "" for a digest or none

} // namespace models
