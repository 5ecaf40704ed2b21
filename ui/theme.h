// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Colours, measures and type of design look.md: the one place where they are numbers.
// A theme is applied as palette, font and style of the application; whoever paints asks tokensOf() for the
// colours of the palette that it was given, so a change of theme needs no bookkeeping.  High contrast: the
// platform's own palette, tokens derived from it alone.
#include "models/resources/finding.h"

#include <QFont>
#include <QPalette>

QT_FORWARD_DECLARE_CLASS(QApplication)
QT_FORWARD_DECLARE_CLASS(QPainter)
QT_FORWARD_DECLARE_CLASS(QPixmap)
QT_FORWARD_DECLARE_CLASS(QRect)
QT_FORWARD_DECLARE_CLASS(QWidget)

namespace ui {

struct Tone // words on a surface that carry a severity
{
    QRgb ink = 0, paper = 0;
};

struct Tokens
{
    QRgb window = 0, base = 0, side = 0, line = 0, text = 0, dim = 0, accent = 0, onAccent = 0, selection = 0;
    QRgb code = 0, track = 0, danger = 0,
         onDanger = 0; // code: behind monospace blocks; track: the rest of a bar; danger: filled chips
    Tone error, warning, good, unknown;
};
const Tokens &lightTokens();
const Tokens &darkTokens();
Tokens tokensOf(const QPalette &palette);
Tone toneOf(const QPalette &palette, models::Severity severity);
QPalette paletteOf(const Tokens &tokens);

enum class Theme { System, Light, Dark, HighContrast };
// Sets palette, style and font of the application.  zoom: 0.8 … 2 of the type and every measure.
void applyTheme(QApplication &application, Theme theme, double zoom = 1);
void applyZoom(double zoom); // the type only; ui/zoom.h changes windows that stand

// Measures at 100 %, in device-independent pixels; scaled() gives what they are at the application's zoom.
struct Measure
{
    static constexpr int PageMargin = 20, Gap = 8, WideGap = 12, CardPadding = 16;
    static constexpr int SidebarWidth = 196, SidebarItem = 34, TopBar = 52, StatusBar = 28;
    static constexpr int Row = 32, CompactRow = 26, Header = 34, CellPadding = 8;
    static constexpr int Field = 32, FieldRadius = 6, CardRadius = 8, Chip = 21, ChipRadius = 10;
    static constexpr int DetailWidth = 330, DetailHeight = 240, DetailBesideFrom = 1200;
    static constexpr int Body = 13, Title = 19, Section = 14, TableHead = 12, Mono = 12;
};
int scaled(int pixels);

enum class Type { Body, Strong, Dim, Title, Section, TableHead, Mono, Number };
QFont fontOf(Type type);

// Severity as a shape (cross, triangle, disc, question mark), drawn and not taken from a font, so that it is
// there on every machine.
void drawSeverity(QPainter &painter, const QRect &box, models::Severity severity, const QColor &ink);
QString severityName(models::Severity severity); // tr(): "error"
QString severitySign(models::Severity severity); // ✖ ▲ ● ?, for text that leaves the program
QPixmap tintedIcon(const QString &name, const QColor &ink, int size, qreal ratio); // resources/icons/NAME.svg

} // namespace ui
