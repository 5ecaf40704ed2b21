// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which cluster, how careful, which namespace and edge, and whether what one sees is live.
#include "models/resources/connection_state.h"
#include "ui/card.h"
#include "ui/context_choice.h"

QT_FORWARD_DECLARE_CLASS(QComboBox)

namespace ui {

class Chip;

class TopBar : public Surface
{
    Q_OBJECT
public:
    explicit TopBar(QWidget *parent = nullptr);
    void setContexts(const QList<ContextChoice> &contexts, const QString &current);
    void setNamespaces(const QStringList &namespaces);               // keeps the chosen one
    void setEdges(const QStringList &edges, const QString &current); // keys; hidden below two
    void setConnection(const models::ConnectionState &state);
    QComboBox *contexts() const { return m_contexts; }
    QComboBox *namespaces() const { return m_namespaces; }
    QList<ContextChoice> choices() const { return m_choices; }

Q_SIGNALS:
    void contextChosen(const QString &name);
    void namespaceChosen(const QString &nameSpace); // "": all
    void edgeChosen(const QString &key);
    void paletteRequested();

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    class ModeWord;
    QList<ContextChoice> m_choices;
    ModeWord *m_mode;
    QComboBox *m_contexts;
    QComboBox *m_namespaces;
    QComboBox *m_edges;
    QPushButton *m_search;
    Chip *m_live;
};

} // namespace ui
