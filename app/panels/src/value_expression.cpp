#include <app/panels/value_expression.h>

#include <cmath>

#include <QLocale>

namespace tessera::app {
namespace {

/// sum := product (('+'|'-') product)*; product := number (('*'|'/') number)*; number := ['-'] digits [unit]
class ExpressionReader
{
public:
    explicit ExpressionReader(const QString& text) : m_text(text) {}

    std::optional<double> readAll()
    {
        const auto value = sum();
        skipSpace();
        return value && m_at == m_text.size() && std::isfinite(*value) ? value : std::nullopt;
    }

private:
    void skipSpace()
    {
        while (m_at < m_text.size() && m_text.at(m_at).isSpace())
            ++m_at;
    }
    bool take(QChar sign)
    {
        skipSpace();
        if (m_at >= m_text.size() || m_text.at(m_at) != sign)
            return false;
        ++m_at;
        return true;
    }
    std::optional<double> sum()
    {
        auto value = product();
        while (value) {
            const bool plus = take(QLatin1Char('+'));
            if (!plus && !take(QLatin1Char('-')))
                break;
            const auto right = product();
            if (!right)
                return std::nullopt;
            value = plus ? *value + *right : *value - *right;
        }
        return value;
    }
    std::optional<double> product()
    {
        auto value = number();
        while (value) {
            const bool times = take(QLatin1Char('*'));
            if (!times && !take(QLatin1Char('/')))
                break;
            const auto right = number();
            if (!right)
                return std::nullopt;
            value = times ? *value * *right : *value / *right;
        }
        return value;
    }
    std::optional<double> number()
    {
        const bool negative = take(QLatin1Char('-'));
        skipSpace();
        const qsizetype from = m_at;
        while (m_at < m_text.size() && (m_text.at(m_at).isDigit() || m_text.at(m_at) == QLatin1Char('.')))
            ++m_at;
        bool ok = false;
        double value = m_text.mid(from, m_at - from).toDouble(&ok);
        if (!ok)
            return std::nullopt;
        skipSpace();
        constexpr std::pair<const char*, double> units[] = {
            {"px", 1}, {"mm", 96 / 25.4}, {"cm", 96 / 2.54}, {"in", 96}, {"pt", 96.0 / 72}, {"°", 1}};
        for (const auto& [unit, factor] : units) {
            const QString name = QString::fromUtf8(unit);
            if (m_text.mid(m_at, name.size()).compare(name, Qt::CaseInsensitive) == 0) {
                value *= factor;
                m_at += name.size();
                break;
            }
        }
        return negative ? -value : value;
    }

    QString m_text;
    qsizetype m_at = 0;
};

} // namespace

std::optional<ValueChange> parseValue(const QString& text)
{
    QString input = text.trimmed();
    input.replace(QLatin1Char(','), QLatin1Char('.'));
    if (input.isEmpty())
        return std::nullopt;
    if (input.endsWith(QLatin1Char('%'))) {
        const auto share = ExpressionReader(input.chopped(1)).readAll();
        if (!share)
            return std::nullopt;
        return [factor = *share / 100](double old) { return old * factor; };
    }
    const QChar first = input.front();
    if (first == QLatin1Char('+') || first == QLatin1Char('*') || first == QLatin1Char('/')) {
        const auto operand = ExpressionReader(input.mid(1)).readAll();
        if (!operand || (first == QLatin1Char('/') && *operand == 0))
            return std::nullopt;
        if (first == QLatin1Char('+'))
            return [by = *operand](double old) { return old + by; };
        return [by = first == QLatin1Char('*') ? *operand : 1 / *operand](double old) { return old * by; };
    }
    const auto value = ExpressionReader(input).readAll();
    if (!value)
        return std::nullopt;
    return [fixed = *value](double) { return fixed; };
}

QString valueText(double value)
{
    const double rounded = std::round(value * 100) / 100;
    return QString::number(rounded == 0 ? 0.0 : rounded, 'f', QLocale::FloatingPointShortest);
}

} // namespace tessera::app
