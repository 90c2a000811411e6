using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Ascent.Schemas.Phones;

/// <summary>What a country's national numbers look like: an expression where leading digits tell, otherwise lengths.</summary>
internal sealed class NumberingPlan(Regex? shape, int shortest, int longest)
{
    public bool Fits(string national) => shape is not null
        ? shape.IsMatch(national)
        : national.Length >= shortest && national.Length <= longest && national[0] != '0';
}

/// <summary>
/// The country codes of E.164 with the national numbers behind them, after the plans that the ITU publishes. Coarser than a full metadata
/// library: it refuses what cannot be a number, it does not know which blocks are handed out.
/// </summary>
internal static partial class NumberingPlans
{
    /// <summary>NANP: area code N[0-8]X but no N11, 37X or 96X and not 555; exchange NXX but no N11.</summary>
    private const string NorthAmerica = "(?!.11|37|96|555)[2-9][0-8][0-9](?!.11)[2-9][0-9]{6}";

    /// <summary>Country codes whose leading digits are told apart.</summary>
    private const string Shapes = """
        7 [34789][0-9]{9}
        20 1[0125][0-9]{8}|[2-9][0-9]{7,8}
        27 [1-8][0-9]{8}
        30 [26789][0-9]{9}
        31 6[1-58][0-9]{7}|[1-57][0-9]{8}|8[0-9]{5,8}|9[0-9]{6,9}
        32 4[5-9][0-9]{7}|[1-9][0-9]{7}
        33 [1-9][0-9]{8}
        34 [5-9][0-9]{8}
        36 (?:20|21|30|31|38|50|70)[0-9]{7}|[1-9][0-9]{7}
        39 3[0-9]{8,9}|0[0-9]{5,10}|[18][0-9]{5,9}
        40 [2379][0-9]{8}|8[0-9]{8}
        41 [2-9][0-9]{8}
        43 6[0-9]{6,12}|[1-57-9][0-9]{3,12}
        44 7[1-9][0-9]{8}|1[0-9]{8,9}|[23589][0-9]{9}
        45 [2-9][0-9]{7}
        46 7[02369][0-9]{7}|[1-9][0-9]{6,8}
        47 [2-9][0-9]{7}
        48 [1-9][0-9]{8}
        49 15[0-9]{9}|16[0-9]{8,9}|17[0-9]{8,9}|18[0-9]{7,11}|[2-9][0-9]{4,13}
        51 9[0-9]{8}|[14-8][0-9]{7}
        52 [2-9][0-9]{9}
        54 9?[1-38][0-9]{9}
        55 [1-9][1-9](?:9[0-9]{8}|[2-57][0-9]{7})
        56 [2-9][0-9]{8}
        57 [36][0-9]{9}
        58 [245][0-9]{9}
        60 1[0-9]{8,9}|[3-9][0-9]{7,8}
        61 [23478][0-9]{8}|1[0-9]{5,9}
        62 8[0-9]{8,11}|[2-79][0-9]{6,10}
        63 9[0-9]{9}|[2-8][0-9]{7,9}
        64 2[0-9]{7,9}|[34679][0-9]{7}|[58][0-9]{7,9}
        65 [3689][0-9]{7}
        66 [689][0-9]{8}|[2-7][0-9]{7}
        81 [7-9]0[0-9]{8}|[1-9][0-9]{8}
        82 1[0-9]{8,9}|2[0-9]{7,8}|[3-8][0-9]{7,9}
        84 [35789][0-9]{8}|2[0-9]{9}
        86 1[3-9][0-9]{9}|10[0-9]{8}|[2-9][0-9]{8,10}
        90 [2-5][0-9]{9}
        91 [1-9][0-9]{9}
        92 3[0-9]{9}|[2-9][0-9]{7,9}
        98 [1-9][0-9]{9}
        212 [5-8][0-9]{8}
        234 [7-9][0-9]{9}|[1-9][0-9]{6,8}
        351 [2-9][0-9]{8}
        353 8[35-9][0-9]{7}|[1-9][0-9]{6,8}
        354 [4-9][0-9]{6}|3[0-9]{8}
        378 0?[3-9][0-9]{5,9}
        380 [3-9][0-9]{8}
        420 [2-9][0-9]{8}
        421 [2-9][0-9]{8}
        852 [2-9][0-9]{7}
        880 1[3-9][0-9]{8}|[2-9][0-9]{5,9}
        966 5[0-9]{8}|[189][0-9]{8}
        971 5[0-9]{8}|[2-9][0-9]{7}
        972 5[0-9]{8}|7[0-9]{8}|[2-489][0-9]{7}
        """;

    /// <summary>The others: code:shortest-longest.</summary>
    private const string Lengths = """
        53:6-10 93:9-9 94:9-9 95:7-10 211:9-9 213:8-9 216:8-8 218:8-9 220:7-7 221:9-9 222:8-8 223:8-8 224:8-9 225:10-10 226:8-8 227:8-8
        228:8-8 229:8-10 230:7-8 231:7-9 232:8-8 233:9-9 235:8-8 236:8-8 237:9-9 238:7-7 239:7-7 240:9-9 241:7-8 242:9-9 243:7-9 244:9-9
        245:7-9 246:7-7 247:4-6 248:7-7 249:9-9 250:8-9 251:9-9 252:6-9 253:8-8 254:7-10 255:9-9 256:9-9 257:8-8 258:8-9 260:9-9 261:9-9
        262:9-9 263:5-10 264:8-9 265:7-9 266:8-8 267:7-8 268:8-9 269:7-7 290:4-5 291:7-7 297:7-7 298:6-6 299:6-6 350:8-8 352:4-11 355:7-9
        356:8-8 357:8-8 358:5-12 359:6-9 370:8-8 371:8-8 372:7-8 373:8-8 374:8-8 375:9-9 376:6-9 377:8-9 381:6-12 382:8-9 383:8-9 385:8-9
        386:7-8 387:8-9 389:8-8 423:7-9 500:5-5 501:7-7 502:8-8 503:7-8 504:8-8 505:8-8 506:8-8 507:7-8 508:6-6 509:8-8 590:9-9 591:8-8
        592:7-7 593:8-9 594:9-9 595:6-9 596:9-9 597:6-7 598:7-8 599:7-8 670:7-8 672:5-6 673:7-7 674:7-7 675:7-8 676:5-7 677:5-7 678:5-7
        679:7-7 680:7-7 681:6-6 682:5-5 683:4-7 685:5-7 686:5-8 687:6-6 688:5-7 689:6-8 690:4-7 691:7-7 692:7-7 800:8-8 808:8-8 850:8-10
        853:8-8 855:8-9 856:8-10 870:9-9 878:10-12 881:8-9 882:7-12 883:8-12 886:8-9 888:11-11 960:7-7 961:7-8 962:8-9 963:8-9 964:8-10 965:8-8
        967:7-9 968:8-8 970:8-9 973:8-8 974:8-8 975:7-8 976:8-8 977:8-10 979:9-9 992:9-9 993:8-8 994:9-9 995:9-9 996:9-9 998:9-9
        """;

    private static readonly Lazy<FrozenDictionary<string, NumberingPlan>> Plans = new(Read);

    public static NumberingPlan? Find(string countryCode) => Plans.Value.GetValueOrDefault(countryCode);

    private static FrozenDictionary<string, NumberingPlan> Read()
    {
        Dictionary<string, NumberingPlan> plans = new(StringComparer.Ordinal) { ["1"] = Shaped(NorthAmerica) };
        foreach (var line in Shapes.Split('\n'))
        {
            var blank = line.IndexOf(' ', StringComparison.Ordinal);
            plans.Add(line[..blank], Shaped(line[(blank + 1)..]));
        }
        foreach (Match entry in LengthEntry().Matches(Lengths))
            plans.Add(entry.Groups["code"].Value, new NumberingPlan(null, int.Parse(entry.Groups["low"].Value), int.Parse(entry.Groups["high"].Value)));
        return plans.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static NumberingPlan Shaped(string shape) => new(new Regex($@"\A(?:{shape})\z", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)), 0, 0);

    [GeneratedRegex("(?<code>[0-9]+):(?<low>[0-9]+)-(?<high>[0-9]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LengthEntry();
}
