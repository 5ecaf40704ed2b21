// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/image_name.h"

namespace models {

namespace {

QString lastPart(const QString &image) { return image.section(u'@', 0, 0).section(u'/', -1); }

} // namespace

QString imageName(const QString &image) { return lastPart(image).section(u':', 0, 0); }

QString imageTag(const QString &image) { return lastPart(image).section(u':', 1); }

} // namespace models
