// SPDX-License-Identifier: GPL-3.0-or-later
// What a filter looks for is underlined in the cells, there and nowhere else: counted in pixels.
#include "tests/support/test_class.h"
#include "tests/ui/window_fixture.h"
#include "ui/table_pane.h"
#include "ui/theme.h"

#include <QFontMetrics>
#include <QImage>
#include <QLineEdit>
#include <QTableView>

using namespace Qt::StringLiterals;

namespace {

struct Stroke
{
    int from, to; // pixels of the view, inclusive
};

} // namespace

class MarksTest : public QObject, WindowFixture
{
    Q_OBJECT

    QTableView *table() const { return find<QTableView>(u"mappingsTable"_s); }

    QModelIndex cell(const QString &key, const QString &title) const
    {
        const QAbstractItemModel &rows = *table()->model();
        for (int row = 0; row < rows.rowCount(); ++row) {
            for (int column = 0; column < rows.columnCount(); ++column) {
                if (rows.index(row, 0).data(models::TableModelBase::KeyRole).toString() == key
                    && rows.headerData(column, Qt::Horizontal).toString() == title)
                    return rows.index(row, column);
            }
        }
        return {};
    }

    // Runs of the accent's colour in one cell, in its longest line of them.
    QList<Stroke> strokes(const QModelIndex &index) const
    {
        const QImage image = table()->viewport()->grab().toImage();
        const QRgb accent = ui::tokensOf(table()->palette()).accent | 0xFF000000;
        const QRect box = table()->visualRect(index);
        QList<Stroke> longest;
        for (int y = box.top(); y <= box.bottom(); ++y) {
            QList<Stroke> runs;
            for (int x = box.left(); x <= box.right(); ++x) {
                if ((image.pixel(x, y) | 0xFF000000) != accent)
                    continue;
                if (!runs.isEmpty() && runs.last().to == x - 1)
                    runs.last().to = x;
                else
                    runs.append({x, x});
            }
            if (runs.size() > longest.size())
                longest = runs;
        }
        return longest;
    }

    // What stands above them: "backend,end".
    QString marked(const QModelIndex &index) const
    {
        const QString text = index.data().toString();
        const auto style = models::CellStyle(index.data(models::TableModelBase::StyleRole).toInt());
        const QFontMetrics metrics(ui::fontOf(style == models::CellStyle::Mono         ? ui::Type::Mono
                                                  : style == models::CellStyle::Strong ? ui::Type::Strong
                                                                                       : ui::Type::Body));
        const int left = table()->visualRect(index).left() + ui::scaled(ui::Measure::CellPadding);
        QStringList words;
        for (const Stroke &stroke : strokes(index)) {
            qsizetype from = -1, to = -1;
            for (qsizetype at = 0; at <= text.size(); ++at) {
                const int x = left + metrics.horizontalAdvance(text.left(at));
                if (std::abs(x - stroke.from) <= 1)
                    from = at;
                if (std::abs(x - stroke.to - 1) <= 1)
                    to = at;
            }
            words.append(from < 0 || to < from ? u"between letters"_s : text.mid(from, to - from));
        }
        return words.join(u',');
    }

private Q_SLOTS:
    void init()
    {
        openWindow();
        m_window->resize(1440, 840);
        m_window->showPage(u"routing"_s);
        find<QLineEdit>(u"mappingsFilter"_s)->setFocus(); // the table's focus has the accent's colour, too
        QTRY_VERIFY(table()->model()->rowCount() > 0);
    }
    void cleanup() { closeWindow(); }

    void whatAFilterLooksForIsUnderlined_data()
    {
        QTest::addColumn<QString>("filter");
        QTest::addColumn<QString>("column");
        QTest::addColumn<QString>("marks");
        const auto add = [](const char *filter, const char *column, const char *marks) {
            QTest::addRow("%s in %s", filter, column)
                << QString::fromLatin1(filter) << QString::fromLatin1(column) << QString::fromLatin1(marks);
        };
        add("quote-backend", "Prefix", "");
        add("quote-backend", "Mapping", "quote-backend");
        add("back ns:default", "Prefix", "back");
        add("BACK", "Prefix", "back");
        add("name:quote prefix:backend", "Mapping", "quote"); // not the backend of its name
        add("name:quote prefix:backend", "Service", "");
        add("-legacy quote", "Mapping", "quote");
        add("/b.c/", "Prefix", "bac");
        add("/b.c/", "Mapping", "bac");
        add("name:/^q|d$/", "Mapping", "q,d");
        add("name:/^q|d$/", "Prefix", "");
        add("/z*/ quote-backend", "Prefix", ""); // it finds nothing, everywhere
    }

    void whatAFilterLooksForIsUnderlined()
    {
        QFETCH(QString, filter);
        QFETCH(QString, column);
        QFETCH(QString, marks);
        find<QLineEdit>(u"mappingsFilter"_s)->setText(filter);
        const auto shown = [&] { return cell(u"default/quote-backend"_s, column); };
        QTRY_VERIFY2(table()->model()->rowCount() < 40 && shown().isValid(), qPrintable(filter));
        QTRY_COMPARE(marked(shown()), marks);
    }
};

SALLYPORT_TEST(marks_test, MarksTest)
#include "marks_test.moc"
