// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_class.h"
#include "ui/theme.h"

#include <QApplication>
#include <QTest>

#include <cmath>

using ui::Tokens;

namespace {

double luminance(QRgb rgb)
{
    const auto linear = [](int channel) {
        const double c = channel / 255.0;
        return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(qRed(rgb)) + 0.7152 * linear(qGreen(rgb)) + 0.0722 * linear(qBlue(rgb));
}

double contrast(QRgb a, QRgb b)
{
    const double la = luminance(a);
    const double lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

} // namespace

class ThemeTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { ui::applyTheme(*qApp, ui::Theme::Light); }

    void everyPairOfWordsAndSurfaceCanBeRead_data()
    {
        QTest::addColumn<QRgb>("ink");
        QTest::addColumn<QRgb>("paper");
        for (const bool dark : {false, true}) {
            const Tokens &t = dark ? ui::darkTokens() : ui::lightTokens();
            const char *theme = dark ? "dark" : "light";
            const struct
            {
                const char *name;
                QRgb ink, paper;
            } pairs[] = {
                {"text on window", t.text, t.window},
                {"text on base", t.text, t.base},
                {"text on side", t.text, t.side},
                {"text on selection", t.text, t.selection},
                {"text on code", t.text, t.code},
                {"dim on window", t.dim, t.window},
                {"dim on base", t.dim, t.base},
                {"dim on side", t.dim, t.side},
                {"dim on selection", t.dim, t.selection},
                {"dim on code", t.dim, t.code},
                {"accent on base", t.accent, t.base},
                {"accent's words", t.onAccent, t.accent},
                {"danger's words", t.onDanger, t.danger},
                {"error chip", t.error.ink, t.error.paper},
                {"warning chip", t.warning.ink, t.warning.paper},
                {"good chip", t.good.ink, t.good.paper},
                {"unknown chip", t.unknown.ink, t.unknown.paper},
                {"note chip", ui::toneOf(ui::paletteOf(t), models::Severity::Info).ink, t.unknown.paper},
                {"error on base", t.error.ink, t.base},
                {"warning on base", t.warning.ink, t.base},
                {"good on base", t.good.ink, t.base},
                {"error on side", t.error.ink, t.side},
                {"warning on side", t.warning.ink, t.side},
                {"text on error", t.text, t.error.paper},
                {"text on warning", t.text, t.warning.paper},
                {"text on good", t.text, t.good.paper}};
            for (const auto &pair : pairs)
                QTest::addRow("%s: %s", theme, pair.name) << pair.ink << pair.paper;
        }
    }

    void everyPairOfWordsAndSurfaceCanBeRead()
    {
        QFETCH(QRgb, ink);
        QFETCH(QRgb, paper);
        const double ratio = contrast(ink, paper);
        QVERIFY2(ratio >= 4.5, qPrintable(QString::number(ratio, 'f', 2)));
    }

    void everyInkCanBeReadOnEveryPaper_data()
    {
        QTest::addColumn<QRgb>("ink");
        QTest::addColumn<QRgb>("paper");
        QTest::addColumn<double>("least");
        constexpr double Words = 4.5, Glyphs = 3;
        for (const bool dark : {false, true}) {
            const Tokens &t = dark ? ui::darkTokens() : ui::lightTokens();
            const std::pair<const char *, QRgb> papers[]{{"window", t.window},
                                                         {"base", t.base},
                                                         {"side", t.side},
                                                         {"code", t.code},
                                                         {"selection", t.selection}};
            const std::pair<const char *, QRgb> inks[]{
                {"text", t.text},           {"dim", t.dim},
                {"accent", t.accent},       {"error", t.error.ink},
                {"warning", t.warning.ink}, {"good", t.good.ink},
                {"unknown", t.unknown.ink},
            };
            for (const auto &[inkName, ink] : inks) {
                for (const auto &[paperName, paper] : papers) {
                    // In a chosen row what is good is said by a chip, which has its own paper, or by a shape.
                    const bool isGlyph = ink == t.good.ink && paper == t.selection;
                    QTest::addRow("%s: %s on %s", dark ? "dark" : "light", inkName, paperName)
                        << ink << paper << (isGlyph ? Glyphs : Words);
                }
            }
        }
    }

    void everyInkCanBeReadOnEveryPaper()
    {
        QFETCH(QRgb, ink);
        QFETCH(QRgb, paper);
        QFETCH(double, least);
        QVERIFY2(contrast(ink, paper) >= least, qPrintable(QString::number(contrast(ink, paper), 'f', 2)));
    }

    void everyPairOfThePaletteCanBeRead_data()
    {
        QTest::addColumn<QRgb>("ink");
        QTest::addColumn<QRgb>("paper");
        using P = QPalette;
        const std::tuple<const char *, P::ColorRole, P::ColorRole> pairs[]{
            {"words", P::WindowText, P::Window},
            {"words in fields", P::Text, P::Base},
            {"words in every other row", P::Text, P::AlternateBase},
            {"hints in fields", P::PlaceholderText, P::Base},
            {"hints", P::PlaceholderText, P::Window},
            {"buttons", P::ButtonText, P::Button},
            {"what is chosen", P::HighlightedText, P::Highlight},
            {"links", P::Link, P::Base},
            {"links on the page", P::Link, P::Window},
            {"visited links", P::LinkVisited, P::Base},
            {"tool tips", P::ToolTipText, P::ToolTipBase}};
        for (const bool dark : {false, true}) {
            const QPalette palette = ui::paletteOf(dark ? ui::darkTokens() : ui::lightTokens());
            for (const auto &[group, groupName] :
                 {std::pair(P::Active, "active"), std::pair(P::Inactive, "inactive"),
                  std::pair(P::Disabled, "disabled")}) {
                for (const auto &[name, ink, paper] : pairs)
                    QTest::addRow("%s, %s: %s", dark ? "dark" : "light", groupName, name)
                        << palette.color(group, ink).rgb() << palette.color(group, paper).rgb();
            }
        }
    }

    void everyPairOfThePaletteCanBeRead() { everyPairOfWordsAndSurfaceCanBeRead(); }

    void noChipHasTheAccentsColour()
    {
        for (const Tokens &tokens : {ui::lightTokens(), ui::darkTokens()}) {
            for (const auto severity :
                 {models::Severity::Good, models::Severity::Info, models::Severity::Unknown,
                  models::Severity::Warning, models::Severity::Error})
                QVERIFY(ui::toneOf(ui::paletteOf(tokens), severity).ink != tokens.accent);
        }
    }

    void theContrastOfBlackAndWhiteIs21() { QCOMPARE(qRound(contrast(0xFF000000, 0xFFFFFFFF)), 21); }

    void theThemeReachesThePalette()
    {
        ui::applyTheme(*qApp, ui::Theme::Dark);
        QCOMPARE(ui::tokensOf(QApplication::palette()).accent, ui::darkTokens().accent);
        ui::applyTheme(*qApp, ui::Theme::Light);
        QCOMPARE(ui::tokensOf(QApplication::palette()).accent, ui::lightTokens().accent);
    }

    void highContrastInventsNoColour()
    {
        QPalette platform;
        platform.setColor(QPalette::Window, Qt::black);
        platform.setColor(QPalette::WindowText, Qt::white);
        platform.setColor(QPalette::Base, Qt::black);
        platform.setColor(QPalette::Text, Qt::yellow);
        platform.setColor(QPalette::Highlight, Qt::cyan);
        platform.setColor(QPalette::HighlightedText, Qt::black);
        const Tokens tokens = ui::tokensOf(platform);
        const QList<QRgb> allowed{QColor(Qt::black).rgb(), QColor(Qt::white).rgb(), QColor(Qt::yellow).rgb(),
                                  QColor(Qt::cyan).rgb()};
        for (const QRgb used :
             {tokens.window, tokens.base, tokens.side, tokens.line, tokens.text, tokens.dim, tokens.accent,
              tokens.onAccent, tokens.selection, tokens.error.ink, tokens.error.paper, tokens.good.ink})
            QVERIFY(allowed.contains(used));
    }

    void typeGrowsWithTheZoom()
    {
        ui::applyTheme(*qApp, ui::Theme::Light, 2);
        QCOMPARE(ui::fontOf(ui::Type::Body).pixelSize(), 26);
        QCOMPARE(ui::scaled(ui::Measure::Row), 64);
        ui::applyTheme(*qApp, ui::Theme::Light, 9);
        QCOMPARE(ui::fontOf(ui::Type::Body).pixelSize(), 26);
    }

    // Where the platform has no palette of high contrast, its greys are not taken over.
    void highContrastCanBeRead()
    {
        ui::applyTheme(*qApp, ui::Theme::HighContrast);
        const QPalette palette = QApplication::palette();
        const auto rgb = [&palette](QPalette::ColorRole role) { return palette.color(role).rgb(); };
        QVERIFY(contrast(rgb(QPalette::PlaceholderText), rgb(QPalette::Base)) >= 4.5);
        QVERIFY(contrast(rgb(QPalette::PlaceholderText), rgb(QPalette::Window)) >= 4.5);
        const Tokens tokens = ui::tokensOf(palette);
        QVERIFY(contrast(tokens.accent, tokens.onAccent) >= 4.5);
        QVERIFY(contrast(tokens.dim, tokens.base) >= 4.5);
        QCOMPARE(palette.color(QPalette::PlaceholderText).alpha(),
                 255); // what is asked for is what is painted
        QVERIFY(contrast(tokens.text, tokens.selection) >= 4.5);
        ui::applyTheme(*qApp, ui::Theme::Light);
    }
};

SALLYPORT_TEST(theme_test, ThemeTest)
#include "theme_test.moc"
