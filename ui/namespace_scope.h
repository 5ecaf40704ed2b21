// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The namespaces that the pages show, as a term of the filter language (models/items/row_filter.h) and as words.  None: all of
// them.  A term names whole namespaces: "shop" is not "shop-internal".  Pure.
#include "models/resources/finding.h"

#include <QString>
#include <QStringList>

namespace ui {

QString namespaceTerm(const QStringList &namespaces); // "" of none
QStringList namespacesOf(const QString &scope);       // of the term among others; {} there is none
QString
namespacesText(const QStringList &namespaces); // "shop"; "cart, shop"; "cart, shop and 3 more"; "" of none
bool isInScope(const QStringList &namespaces, const QString &nameSpace);
// A finding on what is of no namespace is of the whole cluster, and so of each.
bool isInScope(const QStringList &namespaces, const models::Finding &finding);

} // namespace ui
