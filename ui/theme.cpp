// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme.h"

#include "ui/style.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPainter>
#include <QPainterPath>
#include <QSvgRenderer>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr Tokens Light{.window = 0xFFF5F6F8,
                       .base = 0xFFFFFFFF,
                       .side = 0xFFECEFF3,
                       .line = 0xFFE1E5EA,
                       .text = 0xFF1A1F26,
                       .dim = 0xFF5A6572,
                       .accent = 0xFF2563C9,
                       .onAccent = 0xFFFFFFFF,
                       .selection = 0xFFDCE8FB,
                       .code = 0xFFF1F3F6,
                       .track = 0xFFE1E5EA,
                       .danger = 0xFFB3261E,
                       .onDanger = 0xFFFFFFFF,
                       .error = {0xFFB3261E, 0xFFFBE9E7},
                       .warning = {0xFF8A5300, 0xFFFFF1D6},
                       .good = {0xFF1E7A3C, 0xFFE3F4E8},
                       .unknown = {0xFF5A6572, 0xFFECEFF3}};

constexpr Tokens Dark{.window = 0xFF15181C,
                      .base = 0xFF1B1F24,
                      .side = 0xFF171B20,
                      .line = 0xFF2E353D,
                      .text = 0xFFE5E9ED,
                      .dim = 0xFF98A3AF,
                      .accent = 0xFF7AA7FF,
                      .onAccent = 0xFF10141A,
                      .selection = 0xFF24364F,
                      .code = 0xFF14171B,
                      .track = 0xFF2E353D,
                      .danger = 0xFFFF8A80,
                      .onDanger = 0xFF10141A,
                      .error = {0xFFFF8A80, 0xFF3A1F1E},
                      .warning = {0xFFFFC46B, 0xFF38290F},
                      .good = {0xFF6FD08C, 0xFF16301F},
                      .unknown = {0xFF98A3AF, 0xFF262C33}};

bool isOurs(const QPalette &palette, const Tokens &tokens)
{
    return palette.color(QPalette::Window).rgb() == tokens.window
        && palette.color(QPalette::Highlight).rgb() == tokens.selection;
}

// The platform's colours in our places: nothing is invented, severities are told apart by shape and word.
Tokens derived(const QPalette &palette)
{
    const auto rgb = [&palette](QPalette::ColorRole role) { return palette.color(role).rgb(); };
    const Tone plain{rgb(QPalette::Text), rgb(QPalette::Base)};
    return {.window = rgb(QPalette::Window),
            .base = rgb(QPalette::Base),
            .side = rgb(QPalette::Window),
            .line = rgb(QPalette::WindowText),
            .text = rgb(QPalette::Text),
            .dim = rgb(QPalette::Text),
            .accent = rgb(QPalette::Highlight),
            .onAccent = rgb(QPalette::HighlightedText),
            .selection = rgb(QPalette::Highlight),
            .code = rgb(QPalette::Base),
            .track = rgb(QPalette::Base),
            .danger = rgb(QPalette::WindowText),
            .onDanger = rgb(QPalette::Window),
            .error = plain,
            .warning = plain,
            .good = plain,
            .unknown = plain};
}

QPalette *platformPalette()
{
    static QPalette palette =
        QApplication::palette(); // asked for the first time before applyTheme() changes it
    return &palette;
}

double luminance(const QColor &colour)
{
    const auto linear = [](double part) {
        return part <= 0.03928 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF())
        + 0.0722 * linear(colour.blueF());
}

double contrast(const QColor &left, const QColor &right)
{
    const double a = luminance(left), b = luminance(right);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

// The platform's colours, as far as they can be read: second words are words, and what is chosen stands out; a platform
// without a palette of high contrast gives greys.
QPalette readable(QPalette palette)
{
    constexpr double Least = 4.5;
    const QColor text = palette.color(QPalette::Text);
    const auto worst = [&palette](const QColor &colour) {
        return std::min(contrast(colour, palette.color(QPalette::Base)),
                        contrast(colour, palette.color(QPalette::Window)));
    };
    // Qt makes its own of the text's colour, half transparent: what is painted is a grey.
    const QColor second = palette.color(QPalette::PlaceholderText);
    if (second.alpha() < 255 || worst(second) < Least)
        palette.setColor(QPalette::PlaceholderText, text);
    QColor chosen = palette.color(QPalette::Highlight);
    const QColor onChosen = palette.color(QPalette::HighlightedText);
    // The words of a row stay those of the page when it is chosen, those of the primary button are its own: both are to be
    // read on it.
    for (int step = 0; step < 200; ++step) {
        const QColor &unread = contrast(chosen, onChosen) < Least ? onChosen : text;
        if (contrast(chosen, unread) >= Least)
            break;
        chosen = luminance(unread) > luminance(chosen) ? chosen.darker(101) : chosen.lighter(101);
    }
    if (chosen != palette.color(QPalette::Highlight))
        palette.setColor(QPalette::Highlight, chosen);
    return palette;
}

double &zoomFactor()
{
    static double zoom = 1;
    return zoom;
}

QFont &systemFont()
{
    static QFont font = QFontDatabase::systemFont(QFontDatabase::GeneralFont);
    return font;
}

} // namespace

const Tokens &lightTokens() { return Light; }
const Tokens &darkTokens() { return Dark; }

Tokens tokensOf(const QPalette &palette)
{
    if (isOurs(palette, Light))
        return Light;
    return isOurs(palette, Dark) ? Dark : derived(palette);
}

Tone toneOf(const QPalette &palette, models::Severity severity)
{
    const Tokens tokens = tokensOf(palette);
    switch (severity) {
    case models::Severity::Error: return tokens.error;
    case models::Severity::Warning: return tokens.warning;
    case models::Severity::Good: return tokens.good;
    case models::Severity::Info: // a note is told by its shape; the accent is for what can be acted on
    case models::Severity::Unknown: break;
    }
    return tokens.unknown;
}

QPalette paletteOf(const Tokens &tokens)
{
    QPalette palette;
    const auto set = [&palette](QPalette::ColorRole role, QRgb colour) {
        palette.setColor(role, QColor::fromRgb(colour));
    };
    set(QPalette::Window, tokens.window);
    set(QPalette::WindowText, tokens.text);
    set(QPalette::Base, tokens.base);
    set(QPalette::AlternateBase, tokens.window);
    set(QPalette::Text, tokens.text);
    set(QPalette::Button, tokens.base);
    set(QPalette::ButtonText, tokens.text);
    set(QPalette::BrightText, tokens.onAccent);
    set(QPalette::PlaceholderText, tokens.dim);
    set(QPalette::Highlight, tokens.selection);
    set(QPalette::HighlightedText, tokens.text);
    set(QPalette::Link, tokens.accent);
    set(QPalette::LinkVisited, tokens.accent);
    set(QPalette::ToolTipBase, tokens.base);
    set(QPalette::ToolTipText, tokens.text);
    set(QPalette::Light, tokens.base);
    set(QPalette::Midlight, tokens.line);
    set(QPalette::Mid, tokens.line);
    set(QPalette::Dark, tokens.line);
    set(QPalette::Shadow, tokens.line);
    for (QPalette::ColorRole role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
        palette.setColor(QPalette::Disabled, role, QColor::fromRgb(tokens.dim));
    return palette;
}

void applyTheme(QApplication &, Theme theme, double zoom)
{
    const QPalette platform = *platformPalette();
    systemFont();
    if (!qobject_cast<Style *>(QApplication::style()))
        QApplication::setStyle(new Style);
    applyZoom(zoom);
    const bool platformIsDark = platform.color(QPalette::Window).lightness() < 128;
    switch (theme) {
    case Theme::HighContrast: QApplication::setPalette(readable(platform)); break;
    case Theme::Light: QApplication::setPalette(paletteOf(Light)); break;
    case Theme::Dark: QApplication::setPalette(paletteOf(Dark)); break;
    case Theme::System: QApplication::setPalette(paletteOf(platformIsDark ? Dark : Light)); break;
    }
}

void applyZoom(double zoom)
{
    zoomFactor() = qBound(0.8, zoom, 2.0);
    QApplication::setFont(fontOf(Type::Body));
}

int scaled(int pixels) { return qRound(pixels * zoomFactor()); }

QFont fontOf(Type type)
{
    QFont font = type == Type::Mono ? QFontDatabase::systemFont(QFontDatabase::FixedFont) : systemFont();
    const auto set = [&font](int pixels, QFont::Weight weight) {
        font.setPixelSize(scaled(pixels));
        font.setWeight(weight);
    };
    switch (type) {
    case Type::Title: set(Measure::Title, QFont::DemiBold); break;
    case Type::Section: set(Measure::Section, QFont::DemiBold); break;
    case Type::TableHead: set(Measure::TableHead, QFont::DemiBold); break;
    case Type::Strong: set(Measure::Body, QFont::DemiBold); break;
    case Type::Mono: set(Measure::Mono, QFont::Normal); break;
    case Type::Number: set(26, QFont::DemiBold); break;
    case Type::Body:
    case Type::Dim: set(Measure::Body, QFont::Normal); break;
    }
    return font;
}

void drawSeverity(QPainter &painter, const QRect &box, models::Severity severity, const QColor &ink)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const double side = qMin(box.width(), box.height());
    const QRectF square(box.x() + (box.width() - side) / 2, box.y() + (box.height() - side) / 2, side, side);
    const QRectF inner = square.adjusted(side * 0.1, side * 0.1, -side * 0.1, -side * 0.1);
    switch (severity) {
    case models::Severity::Error:
        painter.setPen(QPen(ink, side * 0.24, Qt::SolidLine, Qt::FlatCap));
        painter.drawLine(inner.topLeft(), inner.bottomRight());
        painter.drawLine(inner.topRight(), inner.bottomLeft());
        break;
    case models::Severity::Warning:
        painter.setPen(Qt::NoPen);
        painter.setBrush(ink);
        painter.drawPolygon(QPolygonF({{square.center().x(), square.top() + side * 0.06},
                                       {square.right(), square.bottom() - side * 0.06},
                                       {square.left(), square.bottom() - side * 0.06}}));
        break;
    case models::Severity::Good:
        painter.setPen(Qt::NoPen);
        painter.setBrush(ink);
        painter.drawEllipse(inner);
        break;
    case models::Severity::Info:
        painter.setPen(QPen(ink, side * 0.16));
        painter.drawEllipse(inner);
        break;
    case models::Severity::Unknown: {
        QFont font = fontOf(Type::Strong);
        font.setPixelSize(qMax(6, qRound(side * 1.3)));
        painter.setFont(font);
        painter.setPen(ink);
        painter.drawText(square.adjusted(-side, -side, side, side), Qt::AlignCenter, u"?"_s);
        break;
    }
    }
    painter.restore();
}

QString severityName(models::Severity severity)
{
    switch (severity) {
    case models::Severity::Error: return QApplication::translate("Severity", "error");
    case models::Severity::Warning: return QApplication::translate("Severity", "warning");
    case models::Severity::Good: return QApplication::translate("Severity", "good");
    case models::Severity::Info: return QApplication::translate("Severity", "note");
    case models::Severity::Unknown: break;
    }
    return QApplication::translate("Severity", "unknown");
}

QString severitySign(models::Severity severity)
{
    switch (severity) {
    case models::Severity::Error: return u"✖"_s;
    case models::Severity::Warning: return u"▲"_s;
    case models::Severity::Good: return u"●"_s;
    case models::Severity::Info: return u"○"_s;
    case models::Severity::Unknown: break;
    }
    return u"?"_s;
}

QPixmap tintedIcon(const QString &name, const QColor &ink, int size, qreal ratio)
{
    QPixmap pixmap(QSize(size, size) * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    QSvgRenderer(u":/icons/%1.svg"_s.arg(name)).render(&painter, QRectF(0, 0, size, size));
    painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
    painter.fillRect(pixmap.rect(), ink);
    return pixmap;
}

} // namespace ui
