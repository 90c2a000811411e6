using System.Security.Cryptography;
using Ascent.Methods.Password;
using Shouldly;

namespace Ascent.Tests.Methods.Password;

public sealed class LikenessTests
{
    [Theory]
    [InlineData("grace@example.or", "grace@example.org", true)]
    [InlineData("GRACE@EXAMPLE.ORG", "grace@example.org", true)]
    [InlineData("xgrace@example.org9", "grace@example.org", true)]
    [InlineData("grace@example-1", "grace@example.org", true)]
    [InlineData("correct-horse-battery-9", "grace@example.org", false)]
    [InlineData("a long sentence with grace@example.org in it is fine", "grace@example.org", false)]
    [InlineData("graceful-elephants", "grace", false)]
    [InlineData("abcdefgh", "ijklmnop", false)]
    [InlineData("abcdefgh", "abcdwxyz", true)]
    [InlineData("anything", "", false)]
    public void A_password_is_like_what_it_says(string password, string identifier, bool like) => Likeness.IsLike(password, identifier).ShouldBe(like);

    [Theory]
    [InlineData("kitten", "sitting", 3), InlineData("", "abc", 3), InlineData("abc", "", 3), InlineData("same", "same", 0), InlineData("ab", "ba", 2)]
    public void Changes_are_counted(string a, string b, int changes) => Likeness.Changes(a, b).ShouldBe(changes);

    [Theory]
    [InlineData("xxabcyy", "zabcz", 3), InlineData("abc", "def", 0), InlineData("aaa", "aa", 2), InlineData("", "a", 0)]
    public void The_longest_piece_is_found(string a, string b, int length) => Likeness.LongestPiece(a, b).ShouldBe(length);

    [Fact]
    public void The_short_way_for_long_passwords_says_what_the_long_way_says()
    {
        for (var i = 0; i < 3000; i++)
        {
            var identifier = Word(RandomNumberGenerator.GetInt32(1, 12));
            var password = Word(RandomNumberGenerator.GetInt32(1, 5)) + (RandomNumberGenerator.GetInt32(2) == 0 ? identifier : "") + Word(RandomNumberGenerator.GetInt32(30));
            var long_ = Likeness.Changes(password, identifier) < 5 || 2 * Likeness.LongestPiece(password, identifier) > password.Length;
            Likeness.IsLike(password, identifier).ShouldBe(long_, $"{password} and {identifier}");
        }
    }

    private static string Word(int length) => RandomNumberGenerator.GetString("abc", length);
}
