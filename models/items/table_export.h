// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Rows of a table as text for other programs, as they are shown: the columns that were asked for, in their
// order, with the words of the cells.  Pure.
#include "models/items/table_model.h"

namespace models {

enum class ExportFormat { Csv, Json, Markdown };
// CSV: RFC 4180, a header line, UTF-8.  JSON: a list of objects by column id, whole numbers of
// columns of numbers as such.  Markdown: a pipe table.
QByteArray exportRows(const QAbstractItemModel &rows, const QList<int> &rowNumbers,
                      const QList<TableModelBase::ColumnLayout> &layout, const QList<int> &columns,
                      ExportFormat format);
QString suffixOf(ExportFormat format); // "csv"

// The command that shows this object: "kubectl --context demo -n default get mappings.getambassador.io quote
// -o yaml".  kubeconfig: a file that kubectl would not read by itself; "" none.
QString kubectlCommand(const ObjectRef &object, const QString &context, const QString &kubeconfig = {});

} // namespace models
